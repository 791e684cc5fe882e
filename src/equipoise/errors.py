"""Every error a user can meet. Anything else that is raised is a bug of ours.

EquipoiseError
├── DataError       the data are wrong: what was asked, what came, what to do
├── ProtocolError   the plan is wrong: field, value found, values allowed, line of the file
├── FetchError      published data could not be had, or are not what they were
└── NotIdentifiedError  the data are right, but cannot answer this question
"""


class EquipoiseError(Exception):
    """The base of all our errors; the command line prints its message and exits with 1."""


class DataError(EquipoiseError):
    """The data cannot be used as they are."""


class ProtocolError(EquipoiseError):
    """The protocol file cannot be used as it is."""


class FetchError(EquipoiseError):
    """A published dataset could not be fetched, or its checksum differs."""


class NotIdentifiedError(EquipoiseError):
    """The data cannot answer the question asked; becomes a refusal in the result."""
