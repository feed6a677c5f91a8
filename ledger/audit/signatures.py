"""Heads that somebody signed, as `ssh-keygen -Y sign` does, checked with `ssh-keygen -Y verify`.

The key stays with the agency, so a signed head cannot be made by whoever can write to the ledger's folder.
"""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from ledger.audit.finding import Finding
from ledger.audit.witnesses import Said, Witness, noted_heads
from schemas.places import DataRoot

NAMESPACE = "bonuspott"
"""What the signature is for, so that one made for something else does not count."""

NAME = "signed heads"


def signed_heads(root: DataRoot, signers: Path | None) -> Witness:
    """The heads in `warehouse/signed/*.csv`, each file with its signature (`.csv.sig`) beside it.

    `signers` is who may sign, as `ssh-keygen` has it (`allowed_signers`), if that is known.
    """
    files = sorted(root.signed.glob("*.csv")) if root.signed.is_dir() else []
    if signers is None:
        told = "who may sign is not said: name the file with --signers"
        return Witness(NAME, absent=told if files else f"{root.signed} has none")
    if not files:
        gone = Finding(
            "signed heads gone",
            "warehouse/signed",
            "the heads that those who may sign have signed",
            "no signed head",
            "Take the files and their signatures from whoever signed them; if nobody did yet, leave out --signers.",
        )
        return Witness(NAME, findings=[gone])
    if shutil.which("ssh-keygen") is None:
        return Witness(NAME, absent="ssh-keygen is not installed")
    said: list[Said] = []
    findings: list[Finding] = []
    for path in files:
        words = _refused(path, signers)
        if words:
            advice = "Take the file and its signature from whoever signed it, or move it away."
            findings.append(
                Finding("signature wrong", f"signed/{path.name}", "a valid one", words, advice)
            )
            continue
        witness, _ = noted_heads(path, f"signed/{path.name}")
        said += witness.said
        # Whoever signed it has seen these bytes: nothing was torn.
        findings += [replace(each, weight="wrong") for each in witness.findings]
    return Witness(NAME, said, "", findings)


def _refused(path: Path, signers: Path) -> str:
    """Why the file's signature does not count; empty if it does."""
    signature = path.with_name(f"{path.name}.sig")
    if not signature.is_file():
        return f"there is no {signature.name}"
    found = _ssh_keygen(path, "find-principals", "-f", str(signers), "-s", str(signature))
    if found.returncode:
        return "its key is not one of those who may sign"
    signer = found.stdout.decode().splitlines()[0]
    done = _ssh_keygen(
        path, "verify", "-f", str(signers), "-I", signer, "-n", NAMESPACE, "-s", str(signature)
    )
    return "" if done.returncode == 0 else f"not {signer}'s signature of these bytes"


def _ssh_keygen(path: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    with path.open("rb") as content:
        return subprocess.run(  # noqa: S603 - our own words, and paths
            ["ssh-keygen", "-Y", *arguments],  # noqa: S607 - whichever is on the path
            stdin=content,
            check=False,
            capture_output=True,
        )
