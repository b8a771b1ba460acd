"""Every error a user of the atlas can meet: one root, children that are also builtins.

A message says what is wrong and what to do next; what a caller may want to act on travels
as attributes. Anything else that escapes is a defect.
"""

from dashboard.errors.articles import (
    ArchiveError,
    ArticleError,
    ConfinementError,
    ExtractorError,
    FetchError,
    QuoteError,
)
from dashboard.errors.data import (
    BulkError,
    CoordinateError,
    FrameError,
    PackageError,
    Problem,
    TableError,
    UncertainDateError,
    VocabularyError,
)
from dashboard.errors.drafts import DraftError, DraftMovedError, DraftProblem, DraftStateError, OwnDraftError
from dashboard.errors.hosting import (
    AdministrationError,
    BusyError,
    PermissionDeniedError,
    ServerError,
    SignInError,
)
from dashboard.errors.places import AmbiguousPlaceError, GazetteerError, PlaceDecisionError, UnknownPlaceError
from dashboard.errors.root import AtlasError
from dashboard.errors.store import (
    AwayError,
    BackupError,
    ConflictError,
    DossierError,
    OperationError,
    RecordNotFoundError,
    StoreError,
    TextError,
    UnsureError,
)

__all__ = [
    "AdministrationError",
    "AmbiguousPlaceError",
    "ArchiveError",
    "ArticleError",
    "AtlasError",
    "AwayError",
    "BackupError",
    "BulkError",
    "BusyError",
    "ConfinementError",
    "ConflictError",
    "CoordinateError",
    "DossierError",
    "DraftError",
    "DraftMovedError",
    "DraftProblem",
    "DraftStateError",
    "ExtractorError",
    "FetchError",
    "FrameError",
    "GazetteerError",
    "OperationError",
    "OwnDraftError",
    "PackageError",
    "PermissionDeniedError",
    "PlaceDecisionError",
    "Problem",
    "QuoteError",
    "RecordNotFoundError",
    "ServerError",
    "SignInError",
    "StoreError",
    "TableError",
    "TextError",
    "UncertainDateError",
    "UnknownPlaceError",
    "UnsureError",
    "VocabularyError",
]
