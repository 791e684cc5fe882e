"""What stands beside the pages: style sheet, scripts, and the content for machines."""
