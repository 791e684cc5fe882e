"""What may not be mixed, and when to talk first: rules as data, with sources; a pure screen."""

from equipoise.safety.answers import Answers
from equipoise.safety.crisis import CrisisBlock, crisis_block, crisis_lines, warnings
from equipoise.safety.eligibility import (
    Criterion,
    VisitCheck,
    check_visit,
    criteria,
    exclusion_criteria,
    questions_for,
    substances_in,
)
from equipoise.safety.levels import LEVELS, Level, level_of
from equipoise.safety.names import Names, medicine_names
from equipoise.safety.result import Hit, ScreenResult, Unknown
from equipoise.safety.rule import ANSWERS, Rule, Source
from equipoise.safety.rule_book import Question, RuleBook, Substance, rule_book
from equipoise.safety.rules_table import RuleRow, rule_rows, rules_markdown
from equipoise.safety.screen import screen

__all__ = [
    "ANSWERS",
    "LEVELS",
    "Answers",
    "CrisisBlock",
    "Criterion",
    "Hit",
    "Level",
    "Names",
    "Question",
    "Rule",
    "RuleBook",
    "RuleRow",
    "ScreenResult",
    "Source",
    "Substance",
    "Unknown",
    "VisitCheck",
    "check_visit",
    "crisis_block",
    "crisis_lines",
    "criteria",
    "exclusion_criteria",
    "level_of",
    "medicine_names",
    "questions_for",
    "rule_book",
    "rule_rows",
    "rules_markdown",
    "screen",
    "substances_in",
    "warnings",
]
