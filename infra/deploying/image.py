"""The listener's image: built for the stack's architecture and pushed, unless it is there."""

from typing import Final

from infra.deploying.model import REPOSITORY, StopError, Wish
from infra.deploying.ports import Runner, Tools
from infra.deploying.source import image_tag

ENGINES: Final = ("docker", "podman")
PLATFORMS: Final = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}
DOCKERFILE: Final = "gateway_listener/Dockerfile"

NO_ENGINE: Final = (
    "The listener's image needs docker or podman, and neither answers here. Install one and start "
    "it (https://docs.docker.com/engine/install, https://podman.io), or run this on a machine that "
    "has one. With --no-listener everything else is deployed, and no join is seen until the "
    "listener follows (--listener)."
)


def provide(tools: Tools, wish: Wish, architecture: str, repository: str = REPOSITORY) -> str:
    """Have the image in the registry and return its tag."""
    tag = image_tag(tools.runner, wish.source, architecture)
    if tools.cloud.ensure_repository(repository, {"application": "usher"}):
        tools.console.say(f"  made the repository {repository}")
    if tools.cloud.has_image(repository, tag):
        tools.console.say(f"  {repository}:{tag} is there already")
        return tag
    engine = find_engine(tools.runner)
    registry = tools.cloud.registry()
    name = f"{registry.host}/{repository}:{tag}"
    platform = PLATFORMS[architecture]
    _build(tools, engine, name, platform)
    login = [engine, "login", "--username", registry.user, "--password-stdin", registry.host]
    if tools.runner.run(login, stdin=registry.password, quiet=True).code:
        raise StopError(f"{engine} could not log in to {registry.host}.")
    if tools.runner.run([engine, "push", name]).code:
        raise StopError(f"{engine} could not push {name}: what it said stands above.")
    return tag


def find_engine(runner: Runner) -> str:
    """Return the engine that answers; raises StopError."""
    for engine in ENGINES:
        if runner.find(engine) and runner.run([engine, "info"], quiet=True).code == 0:
            return engine
    raise StopError(NO_ENGINE)


def _build(tools: Tools, engine: str, name: str, platform: str) -> None:
    build = [engine, "build", "--platform", platform, "--file", DOCKERFILE, "--tag", name, "."]
    if tools.runner.run(build).code:
        raise StopError(
            f"{engine} could not build the image for {platform}: what it said stands above. A "
            "machine of another kind needs QEMU for it (docker run --privileged --rm "
            "tonistiigi/binfmt --install all), or deploy with --architecture of this machine."
        )
    inspect = [engine, "image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", name]
    built = tools.runner.run(inspect, quiet=True).output.strip()
    if built != platform:
        raise StopError(
            f"{engine} built an image for {built or 'who knows what'} where {platform} was asked "
            "for; it was not pushed. Update it, or deploy with --architecture of this machine."
        )
