"""What the augmentation policy makes of the examples."""

from __future__ import annotations

from collections.abc import Mapping

from stages.figures.thumbnail import shown_whole
from stages.reporting.blocks import Paragraph, Photo, Section
from stages.reporting.contents import Contents


def augmentation(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return the contact sheet, where there is a policy."""
    if not contents.contact_sheet:
        return None
    name = contents.config["choices"]["augment"]
    text = (
        f"Examples of train as they are, each with five draws of augment={name}. A person should still tell "
        "the class in every draw; where not, the policy is too strong. Where all look alike, it does little."
    )
    sheet = Photo(shown_whole(contents.contact_sheet), "The original first, then five draws.")
    return Section("augmentation", "Augmentation", (Paragraph(text, small=True), sheet))
