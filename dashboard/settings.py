"""Every setting of the atlas in one frozen object, read once from the environment.

Names in the environment are the field names in capitals with the prefix ``ARSENAL_ATLAS_``. docs/settings.md
lists them all; a test holds the two together.
"""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = ["Settings", "load_settings", "starter_path", "static_path"]

_PACKAGE = Path(__file__).parent
_COARSENED: Final = ("anonymous", "reader", "contributor")
_MOST_DEGREES: Final = 10.0
_ORIGIN: Final = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d{1,5})?")


def _cells(text: str) -> dict[str, float]:
    cells: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        role, _, degrees = (piece.strip() for piece in part.partition("="))
        if role not in _COARSENED:
            raise ValueError(f"{role!r} cannot be coarsened: name {', '.join(_COARSENED)}")
        size = float(degrees)
        if not 0 < size <= _MOST_DEGREES:
            raise ValueError(f"{degrees!r} is no cell size: between 0 and {_MOST_DEGREES:g} degrees")
        cells[role] = size
    return cells


def starter_path(name: str) -> Path:
    """Find a file that ships with the atlas: in the wheel beside the package, in a checkout at the top.

    Parameters
    ----------
    name
        ``data`` or ``streamlit.toml``.

    Returns
    -------
    Path
        Where it is.
    """
    shipped = _PACKAGE / "starter" / name
    if shipped.exists():
        return shipped
    return _PACKAGE.parent / {"streamlit.toml": ".streamlit/config.toml"}.get(name, name)


class Settings(BaseSettings):
    """The settings of one process; build it once with `load_settings`."""

    model_config = SettingsConfigDict(env_prefix="ARSENAL_ATLAS_", frozen=True, extra="ignore")

    db: SecretStr = Field(
        default=SecretStr(""),
        description="Database address (SQLAlchemy). Empty: a SQLite file in the data folder.",
    )
    db_connections: int = Field(
        default=15, ge=1, description="Connections to the database at once, of one process."
    )
    db_read_seconds: float = Field(
        default=2, gt=0, description="Seconds after which a question to the database is stopped."
    )
    db_write_seconds: float = Field(
        default=30, gt=0, description="Seconds after which a statement that writes is stopped."
    )
    data_folder: Path = Field(
        default_factory=lambda: user_data_path("arsenal-atlas"),
        description="Folder of the local database. Made when missing.",
    )
    cache_folder: Path = Field(
        default_factory=lambda: user_cache_path("arsenal-atlas"),
        description="Folder of files that can be made again, such as the gazetteer.",
    )
    gazetteer: Path | None = Field(
        default=None, description="Gazetteer file. Empty: `gazetteer.sqlite` in the cache folder."
    )
    package: Path = Field(
        default_factory=lambda: starter_path("data"),
        description="Data package that seeds an empty database.",
    )
    datasets: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(),
        description="Data packages to show as layers of their own beside the atlas: "
        "folders with the system's path separator (`:`, on Windows `;`) between them.",
    )
    large_layers: Path | None = Field(
        default=None,
        description="Folder of large layers, which `arsenal-atlas layers add-folder` makes. Empty: "
        "`large-layers` in the data folder.",
    )
    basemap: str = Field(
        default="land",
        description="Basemap at start: `land` (offline), `none`, or an xyzservices name (online).",
    )
    max_names_in_payload: int = Field(
        default=200_000,
        ge=0,
        description="Above this many records the map payload carries no names; they are asked for by id.",
    )
    online_geocoders: Annotated[tuple[Literal["nominatim", "photon"], ...], NoDecode] = Field(
        default=(),
        description="Online geocoders that may be asked, in this order: `nominatim`, `photon`, "
        "with a comma between them. Empty: none, everything stays offline.",
    )
    geocoder_user_agent: str = Field(
        default="",
        description="Who asks an online geocoder: a name of your own and a way to reach you. Needed for any.",
    )
    nominatim_url: str = Field(
        default="https://nominatim.openstreetmap.org", description="Address of the Nominatim server."
    )
    photon_url: str = Field(default="https://photon.komoot.io", description="Address of the Photon server.")
    fetch_private: bool = Field(
        default=False,
        description="Whether articles may be fetched from this machine and its network. Leave it off where "
        "others can give addresses.",
    )
    extractor: Literal["rules", "spacy", "endpoint"] = Field(
        default="rules",
        description="What finds proposals in articles: `rules` (offline), `spacy` (the rules and an "
        "installed spaCy pipeline), `endpoint` (a language model at an address of yours).",
    )
    spacy_pipeline: str = Field(
        default="", description="Name of the installed spaCy pipeline, such as `xx_ent_wiki_sm`."
    )
    endpoint_url: str = Field(
        default="",
        description="Base address of an OpenAI-compatible server, such as `http://127.0.0.1:11434/v1`.",
    )
    endpoint_model: str = Field(default="", description="Name of the model there.")
    endpoint_key: SecretStr = Field(default=SecretStr(""), description="Key of that server, if it wants one.")
    endpoint_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Private networks that its name may lead to, such as `10.0.0.0/8`, with a comma between "
        "them. An address written as numbers, or `localhost`, needs none.",
    )
    endpoint_seconds: float = Field(
        default=120, gt=0, le=3_600, description="Seconds that one request to it may take in all."
    )
    endpoint_retries: int = Field(
        default=2, ge=0, le=10, description="New tries after a fault of the server or the network."
    )
    endpoint_requests: int = Field(default=500, ge=1, description="Requests to it in one run, retries too.")
    endpoint_tokens: int = Field(
        default=2_000_000, ge=1, description="Tokens of questions and answers in one run."
    )
    sign_in: Literal["none", "oidc", "header"] = Field(
        default="none",
        description="How people sign in: `none` (a local session), `oidc` (an identity provider), "
        "`header` (a proxy in front does it).",
    )
    anonymous_reading: bool = Field(
        default=False, description="Whether people who are not signed in may read published records."
    )
    default_role: Literal["reader", "contributor"] = Field(
        default="reader", description="Role of somebody who signs in for the first time."
    )
    admins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="People who are admins whatever the store says: `issuer|subject`, with a comma between "
        "them. For the first one; others are named on the operations page.",
    )
    sign_in_hours: float = Field(
        default=12, gt=0, description="Hours after which a sign-in no longer counts."
    )
    oidc_metadata_url: str = Field(
        default="",
        description="Discovery document of the identity provider, `…/.well-known/openid-configuration`.",
    )
    oidc_client_id: str = Field(default="", description="Name of the atlas at the identity provider.")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="Its password there.")
    cookie_secret: SecretStr = Field(
        default=SecretStr(""),
        description="What cookies are signed with, 32 characters or more, the same for all processes.",
    )
    public_url: str = Field(
        default="",
        description="Address under which people reach the atlas, such as `https://atlas.example.org`.",
    )
    embed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Sites whose pages may hold an embedded map, such as `https://news.example.org`, with a "
        "comma between them. Empty: nobody's, but this machine's in a local session.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("127.0.0.1", "::1"),
        description="Addresses whose identity headers are believed, with a comma between them.",
    )
    header_subject: str = Field(
        default="X-Forwarded-User", description="Header by which the proxy names the person."
    )
    header_name: str = Field(
        default="X-Forwarded-Preferred-Username", description="Header with the name to show."
    )
    header_issuer: str = Field(
        default="proxy", description="Who vouches for the header, as kept with each person."
    )
    coarsen: str = Field(
        default="",
        description="Coarsest detail of coordinates by role, in degrees of a fixed grid: "
        "`anonymous=0.1,reader=0.01`. Roles not named see what is published, but never finer than a role "
        "above them.",
    )
    max_sessions: int = Field(default=100, ge=1, description="Visitors at once in one process.")
    max_sessions_per_person: int = Field(default=5, ge=1, description="Tabs at once of one person.")
    upload_mb: int = Field(
        default=200, ge=1, description="Megabytes that one visitor may have uploaded at once."
    )
    api_per_minute: int = Field(
        default=120, ge=1, description="API requests a minute of one person or address."
    )
    sign_ins_per_minute: int = Field(
        default=20, ge=1, description="Tries to sign in a minute of one address."
    )
    geocodings_per_minute: int = Field(
        default=600, ge=1, description="Names geocoded a minute of one person or address."
    )
    metrics_port: int = Field(
        default=0, ge=0, le=65_535, description="Port on this machine for Prometheus; 0 for none."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="How a line of the log is written."
    )
    audit_anchor: Path | None = Field(
        default=None,
        description="File outside the database that the head of the audit trail is written to, "
        "best on another machine.",
    )
    backup_folder: Path | None = Field(
        default=None, description="Folder for backups. Empty: `backups` in the data folder."
    )

    @field_validator(
        "online_geocoders", "endpoint_networks", "admins", "trusted_proxies", "embed_origins", mode="before"
    )
    @classmethod
    def _names(cls, value: object) -> object:
        parts = value.split(",") if isinstance(value, str) else None
        return value if parts is None else [part.strip() for part in parts if part.strip()]

    @field_validator("embed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin: write https://host or https://host:port")
        return value

    @field_validator("coarsen")
    @classmethod
    def _grid(cls, value: str) -> str:
        _cells(value)
        return value

    @field_validator("datasets", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value

    @property
    def database_url(self) -> str:
        """SQLAlchemy address of the database, credentials included."""
        return self.db.get_secret_value() or f"sqlite:///{self.data_folder / 'atlas.sqlite'}"

    @property
    def cells(self) -> dict[str, float]:
        """Degrees of the grid by role (`anonymous` among them), only where coordinates are coarsened."""
        return _cells(self.coarsen)

    @property
    def backups(self) -> Path:
        """Folder for backups."""
        return self.backup_folder or self.data_folder / "backups"

    @property
    def large_layers_path(self) -> Path:
        """Folder of large layers."""
        return self.large_layers or self.data_folder / "large-layers"

    @property
    def gazetteer_path(self) -> Path:
        """Where the gazetteer file is or will be."""
        return self.gazetteer or self.cache_folder / "gazetteer.sqlite"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """Read the settings from the environment, once for the process.

    Returns
    -------
    Settings
        The frozen settings.
    """
    # Secrets may be files named as the variables, as containers and systemd hand them over.
    folder = os.environ.get("ARSENAL_ATLAS_SECRETS_FOLDER") or None
    return Settings(_secrets_dir=folder)  # type: ignore[call-arg]  # pydantic-settings takes it, its types do not say so


def static_path() -> Path:
    """Find the built front end.

    Returns
    -------
    Path
        Folder of scripts and styles; `make install` builds it, the wheel carries it.
    """
    return _PACKAGE / "static"
