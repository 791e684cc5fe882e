"""The content for machines: schema.org, tables, FHIR, citations."""
