"""The shape of in-toto statements and of SLSA provenance, written from their specifications.

In-toto Attestation Framework v1 (statement, resource descriptor, field types) and SLSA Provenance
v1. Whatever they do not name is refused, so that a slip in a field's name shows.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _uri(text: str) -> str:
    """A URI as RFC 3986 has it, with scheme and authority in lower case."""
    match = re.fullmatch(r"([a-z][a-z0-9+.\-]*):(//[^/?#A-Z]*)?[!-~]*", text)
    if not match:
        raise ValueError("a URI whose scheme and authority are in lower case")
    return text


Uri = Annotated[str, AfterValidator(_uri)]
Timestamp = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
Digest = Annotated[Mapping[str, Annotated[str, Field(pattern="^[0-9a-f]+$")]], Field(min_length=1)]


class Model(BaseModel):
    """An object with the named fields alone."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ResourceDescriptor(Model):
    """A file, a table, a package: one of `uri`, `digest` and `content` at least."""

    name: str | None = None
    uri: Uri | None = None
    digest: Digest | None = None
    content: str | None = None
    downloadLocation: Uri | None = None  # noqa: N815 - the specification's names
    mediaType: str | None = None  # noqa: N815
    annotations: Mapping[str, object] | None = None

    @model_validator(mode="after")
    def is_identified(self) -> "ResourceDescriptor":
        """Whether something tells which resource it is; SHA-256 has 64 digits."""
        if not (self.uri or self.digest or self.content):
            raise ValueError("one of uri, digest and content")
        if self.digest and len(self.digest.get("sha256", "0" * 64)) != 64:
            raise ValueError("a SHA-256 of 64 digits")
        return self


class Statement(Model):
    """A statement of any predicate."""

    type: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: list[ResourceDescriptor] = Field(min_length=1)
    predicateType: Uri  # noqa: N815
    predicate: Mapping[str, object] = Field(default_factory=dict)

    @model_validator(mode="after")
    def subjects_are_told_apart(self) -> "Statement":
        """Each subject has a digest, and no two have one name."""
        if not all(each.digest for each in self.subject):
            raise ValueError("a digest of each subject")
        if len({each.name for each in self.subject}) != len(self.subject):
            raise ValueError("names that differ")
        return self


class BuildDefinition(Model):
    """What goes into a build."""

    buildType: Uri  # noqa: N815
    externalParameters: Mapping[str, object]  # noqa: N815
    internalParameters: Mapping[str, object] = Field(default_factory=dict)  # noqa: N815
    resolvedDependencies: list[ResourceDescriptor] = Field(default_factory=list)  # noqa: N815


class Builder(Model):
    """What runs the build."""

    id: Uri
    builderDependencies: list[ResourceDescriptor] = Field(default_factory=list)  # noqa: N815
    version: Mapping[str, str] = Field(default_factory=dict)


class BuildMetadata(Model):
    """One run of the build."""

    invocationId: str | None = None  # noqa: N815
    startedOn: Timestamp | None = None  # noqa: N815
    finishedOn: Timestamp | None = None  # noqa: N815


class RunDetails(Model):
    """What ran, and when."""

    builder: Builder
    metadata: BuildMetadata | None = None
    byproducts: list[ResourceDescriptor] = Field(default_factory=list)


class Provenance(Model):
    """The predicate of SLSA provenance."""

    buildDefinition: BuildDefinition  # noqa: N815
    runDetails: RunDetails  # noqa: N815
