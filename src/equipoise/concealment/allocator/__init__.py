"""The allocator: its own process, with its own database and key. Four verbs, at most 800 lines."""

from equipoise.concealment.allocator.allocator import (
    Allocated,
    Asked,
    Chooser,
    allocate,
    install,
    status,
)
from equipoise.concealment.allocator.breaking import Broken, Request, break_code
from equipoise.concealment.allocator.client import ask
from equipoise.concealment.allocator.server import Allocator, serve
from equipoise.concealment.database import Database, connect
from equipoise.concealment.people import enter_person
from equipoise.concealment.refusal import RefusedError

__all__ = [
    "Allocated",
    "Allocator",
    "Asked",
    "Broken",
    "Chooser",
    "Database",
    "RefusedError",
    "Request",
    "allocate",
    "ask",
    "break_code",
    "connect",
    "enter_person",
    "install",
    "serve",
    "status",
]
