"""From search results to included studies: records, duplicates, two people's votes, PRISMA."""
