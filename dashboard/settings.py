"""Every setting of the atlas in one frozen object, read once from the environment.

Names in the environment are the field names in capitals with the prefix ``ARSENAL_ATLAS_``. docs/hosting.md
lists them all; a test holds the two together.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = ["Settings", "load_settings", "starter_path", "static_path"]

_PACKAGE = Path(__file__).parent


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

    @field_validator("online_geocoders", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        parts = value.split(",") if isinstance(value, str) else None
        return value if parts is None else [part.strip() for part in parts if part.strip()]

    @field_validator("datasets", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value

    @property
    def database_url(self) -> str:
        """SQLAlchemy address of the database, credentials included."""
        return self.db.get_secret_value() or f"sqlite:///{self.data_folder / 'atlas.sqlite'}"

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
    return Settings()


def static_path() -> Path:
    """Find the built front end.

    Returns
    -------
    Path
        Folder of scripts and styles; `make install` builds it, the wheel carries it.
    """
    return _PACKAGE / "static"
