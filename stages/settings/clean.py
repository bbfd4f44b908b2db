"""Settings of the stage `clean`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictInt

from stages.settings.choice import Section
from stages.settings.dataset import DatasetSettings

Treatment = Literal["exclude", "flag", "keep"]


class CleanSettings(Section):
    """What is done about faulty rows and cells."""

    duplicates: Treatment = Field(
        description="rows equal to an earlier one, target too: exclude from training, flag in the audit, keep"
    )
    near_duplicates: Treatment = Field(
        description="pictures that look the same, texts that differ by case and white space: exclude from "
        "training, flag (never parted by the split), keep (not looked for)"
    )
    contradicting_labels: Treatment = Field(
        description="rows with equal features but another class: exclude from training, flag, keep"
    )
    max_repeated_share: float = Field(
        ge=0,
        le=1,
        strict=True,
        description="share of rows above which duplicates or contradictions are natural and only flagged",
    )
    max_missing_share: float = Field(
        ge=0,
        le=1,
        strict=True,
        description="rows with a larger share of missing features are excluded from training; 1 = none",
    )
    max_unreadable_share: float = Field(
        ge=0,
        le=1,
        strict=True,
        description="share of unreadable rows, or of cells that do not fit their column's role, above which "
        "clean stops",
    )
    sentinels: Literal["replace", "report", "keep"] = Field(
        description="numbers that stand for missing (-999): replace the evident ones, only report, keep"
    )
    unicode: Literal["NFC", "NFKC", "none"] = Field(
        description="normal form of text: NFC joins letters and their accents, NFKC also makes wide and "
        "styled letters plain, none leaves it"
    )
    html: Literal["strip", "keep"] = Field(
        description="HTML in text: take tags and scripts out and resolve entities, or keep them as words"
    )
    mojibake: Literal["repair", "keep"] = Field(
        description="text that was decoded wrongly somewhere (Ã© for é): repair or keep"
    )
    audit_limit: StrictInt = Field(
        ge=1, description="lines of the audit for one kind of change in one column"
    )


class CleanConfig(Section):
    """The sections `clean` reads."""

    dataset: DatasetSettings
    clean: CleanSettings
