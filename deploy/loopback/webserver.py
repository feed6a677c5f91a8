"""Dagster's webserver, asked through GraphQL as its UI asks."""

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

import dagster as dg

LOCATION, REPOSITORY = "bonuspott", "__repository__"
ANSWER_SECONDS = 120

LAUNCH = """
mutation LaunchPipelineExecution($executionParams: ExecutionParams!) {
  launchPipelineExecution(executionParams: $executionParams) {
    __typename
    ... on LaunchRunSuccess { run { id } }
    ... on Error { message }
  }
}"""


class RefusedError(Exception):
    """The webserver answered, and did not do it; its words."""


@dataclass(frozen=True)
class Webserver:
    """A webserver at an address, such as `http://127.0.0.1:3000`."""

    address: str

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """The data that GraphQL answers.

        Raises:
            RefusedError: if the query failed; with what the webserver says of it.
            OSError: if nobody answers.
        """
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.address}/graphql", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:  # noqa: S310
                answer = json.load(response)
        except HTTPError as error:
            # What went wrong stands in the answer: the webserver says 500 whatever it was.
            raise RefusedError(error.read().decode(errors="replace")) from error
        if "errors" in answer:
            raise RefusedError(json.dumps(answer["errors"]))
        return dict(answer["data"])

    def launch(self, job: str, tags: Mapping[str, str], assets: Sequence[dg.AssetKey] = ()) -> str:
        """Launch a run of the job, or of some of its assets, as the launchpad does; the run's number.

        Raises:
            RefusedError: if it is not launched.
        """
        selector: dict[str, object] = {
            "repositoryLocationName": LOCATION,
            "repositoryName": REPOSITORY,
            "pipelineName": job,
        }
        if assets:
            selector["assetSelection"] = [{"path": key.path} for key in assets]
        parameters = {
            "mode": "default",
            "selector": selector,
            "runConfigData": {},
            "executionMetadata": {
                "tags": [{"key": key, "value": value} for key, value in tags.items()]
            },
        }
        answer = self.ask(LAUNCH, executionParams=parameters)["launchPipelineExecution"]
        if answer["__typename"] != "LaunchRunSuccess":
            raise RefusedError(json.dumps(answer))
        return str(answer["run"]["id"])
