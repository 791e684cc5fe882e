"""What a site must be able to say: questions of statements.yaml, each answered by sentences."""

from equipoise.report.site.statements.plan import Statement, StatementsPlan
from equipoise.report.site.statements.resolve import Stated, numbers, read_statements, stated

__all__ = ["Stated", "Statement", "StatementsPlan", "numbers", "read_statements", "stated"]
