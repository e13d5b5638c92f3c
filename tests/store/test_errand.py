import threading

import pytest

from datagit.store.errand import Errand


def test_work_runs_beside_the_caller_and_its_result_comes_back() -> None:
    go = threading.Event()
    errand = Errand(lambda: go.wait(10))
    go.set()
    assert errand.result() is True
    assert errand.result() is True


def test_an_error_comes_back_to_who_asks() -> None:
    errand: Errand[float] = Errand(lambda: 1 / 0)
    errand.wait()
    with pytest.raises(ZeroDivisionError):
        errand.result()
