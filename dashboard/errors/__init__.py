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
from dashboard.errors.figures import ShapesMissingError
from dashboard.errors.hosting import (
    AdministrationError,
    BusyError,
    PermissionDeniedError,
    ServerError,
    SignInError,
)
from dashboard.errors.imports import TableRefusedError
from dashboard.errors.layers import LayerError
from dashboard.errors.mapping import MappingError
from dashboard.errors.places import AmbiguousPlaceError, GazetteerError, PlaceDecisionError, UnknownPlaceError
from dashboard.errors.requests import FilterError, ParameterProblem, RequestError
from dashboard.errors.root import AtlasError
from dashboard.errors.sharing import ExportError, ExportStoppedError, TooManyRowsError, UnknownFormatError
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
    UnwritableError,
)
from dashboard.errors.versions import VersionGoneError

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
    "ExportError",
    "ExportStoppedError",
    "ExtractorError",
    "FetchError",
    "FilterError",
    "FrameError",
    "GazetteerError",
    "LayerError",
    "MappingError",
    "OperationError",
    "OwnDraftError",
    "PackageError",
    "ParameterProblem",
    "PermissionDeniedError",
    "PlaceDecisionError",
    "Problem",
    "QuoteError",
    "RecordNotFoundError",
    "RequestError",
    "ServerError",
    "ShapesMissingError",
    "SignInError",
    "StoreError",
    "TableError",
    "TableRefusedError",
    "TextError",
    "TooManyRowsError",
    "UncertainDateError",
    "UnknownFormatError",
    "UnknownPlaceError",
    "UnsureError",
    "UnwritableError",
    "VersionGoneError",
    "VocabularyError",
]
