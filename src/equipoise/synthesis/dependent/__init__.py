"""Dependent effects: several effects of one study, their shared errors and shared truth."""
