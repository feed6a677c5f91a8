from tests.pipeline.runs import Runs
def test_x(runs: Runs) -> None:
    """x."""
    r = runs.of("access-2024")
    print(r.told["access-2024"].err)
    assert r.told["access-2024"].status == 0
