"""Feature vectors of images; not in every build of the library."""

from typing import Any

from ._binding import lib


def embed_images(*arguments: Any, **options: Any) -> Any:
    """Feature vectors of images.

    Raises
    ------
    NotImplementedError
        The library was built without images.
    """
    if not hasattr(lib, "cludi_embed_images"):
        raise NotImplementedError("This libcludi was built without images: it has no cludi_embed_images().")
    raise NotImplementedError("This Python package does not know the images of this libcludi yet.")
