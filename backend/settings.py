"""Every setting of the app, from `BUNRAKU_*` environment variables or a `.env` file."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.catalog import ROBOT_DEFAULTS

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Safe defaults: loopback, simulation, files under `data/`."""

    model_config = SettingsConfigDict(env_prefix="BUNRAKU_", env_file=".env", extra="ignore")

    data_dir: Path = ROOT / "data"
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    allow_remote: bool = False
    """Serve other machines although there is no login; for a trusted network only."""
    database_url: str = Field("", validation_alias="DATABASE_URL")
    robot: str = "sim_g1"
    scene: str = "workshop"
    locomotion: str = ""
    """Controller of the legs; empty takes the robot's own in `catalog.ROBOT_DEFAULTS`."""
    cameras: str = ""
    """Source of the pictures; empty takes the robot's own."""
    camera_urls: dict[str, str] = {
        "head": "tcp://127.0.0.1:55555",
        "left_wrist": "tcp://127.0.0.1:55556",
        "right_wrist": "tcp://127.0.0.1:55557",
    }
    """Where cameras on the network publish their pictures; one that is not named is not there."""
    dds_interface: str = "lo"
    """Network interface of a robot that speaks DDS; the loopback is for an emulated one."""
    dds_domain: int = Field(1, ge=0, le=232)
    """Its DDS domain: 0 on a robot, 1 in simulation by convention."""
    inputs: list[str] = ["browser", "policy"]
    rig: str = ""
    """Worn devices, separated by commas (`pico,manus`); the rig process is started when there are any."""
    pico_host: str = "127.0.0.1"
    """Where the headset's app may connect: this machine and USB only, or `0.0.0.0` on a network you trust."""
    pico_port: int = Field(63901, ge=0, le=65535)
    """The stock app always connects to 63901."""
    replay_episode: Path = Path()
    """Folder of the episode that the input `replay` replays."""
    manus_address: str = "tcp://127.0.0.1:5565"
    """Where the bridge to MANUS gloves publishes; it listens for vibrations on the next port."""
    glove_way: Literal["angles", "tips"] = "angles"
    """Whether gloves move the robot's hands by their angles or by their finger tips."""
    control_hz: float = Field(100.0, ge=20, le=250)
    head_camera: str = "640x480@30"
    wrist_cameras: str = "320x240@15"
    video_mbit_s: float = Field(2.0, ge=0.2, le=20)
    """Bit rate of a 640x480 camera at 30 fps, streamed and recorded; other sizes follow from it."""
    ice_servers: list[str] = []
    """STUN/TURN URLs; empty on a LAN, where asking a STUN server only costs seconds."""
    jobs_at_once: int = Field(1, ge=1, le=64)
    """Jobs that one runner may have at the same time; the others wait."""

    @model_validator(mode="after")
    def _robot_defaults(self) -> "Settings":
        """Fill what depends on the robot and was not set."""
        for name, value in ROBOT_DEFAULTS.get(self.robot, {}).items():
            if not getattr(self, name):
                setattr(self, name, value)
        return self

    @property
    def rig_devices(self) -> tuple[str, ...]:
        """Names of the rig's devices."""
        return tuple(filter(None, (name.strip() for name in self.rig.split(","))))

    @property
    def input_names(self) -> tuple[str, ...]:
        """Inputs of control; a rig is one of them when there is one."""
        return (*self.inputs, *(["rig"] if self.rig_devices and "rig" not in self.inputs else []))

    @property
    def rig_dir(self) -> Path:
        """Which tracker is worn where, and the operators' measures."""
        return self.data_dir / "rig"

    @property
    def run_dir(self) -> Path:
        """Sockets of the bus."""
        return self.data_dir / "run"

    @property
    def episodes_dir(self) -> Path:
        """One folder per raw episode."""
        return self.data_dir / "episodes"

    @property
    def datasets_dir(self) -> Path:
        """One folder per exported dataset version."""
        return self.data_dir / "datasets"

    @property
    def jobs_dir(self) -> Path:
        """One run directory per job."""
        return self.data_dir / "jobs"

    @property
    def policies_dir(self) -> Path:
        """One folder per registered policy."""
        return self.data_dir / "policies"

    @property
    def hands_dir(self) -> Path:
        """One file per operator: what their gloves read in three poses."""
        return self.data_dir / "rig" / "hands"

    @property
    def evaluations_dir(self) -> Path:
        """One folder per evaluation that is scored by hand: pictures of its starts."""
        return self.data_dir / "evaluations"

    @property
    def cache_dir(self) -> Path:
        """Derived files that may be deleted: decimated meshes, compiled models."""
        return self.data_dir / "cache"

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database, with its async driver."""
        url = self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'bunraku.db'}"
        return url.replace("postgresql://", "postgresql+asyncpg://", 1)


@lru_cache
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
