"""Practice CRMs on real ports, and a client that knows nothing but HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests

from infor_crm_simulator import Simulator


class Crm:
    """A login on a practice CRM. Paths are below ``/sdata/slx/dynamic/-/``."""

    def __init__(
        self, simulator: Simulator, url: str, user: str, password: str
    ) -> None:
        self.simulator = simulator
        self.control = simulator.control
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (user.encode(), password.encode())

    def request(self, method: str, path: str, **more: object) -> requests.Response:
        return self.session.request(method, self.address(path), timeout=20, **more)

    def address(self, path: str) -> str:
        if path.startswith("/"):
            return self.url + path
        return f"{self.url}/sdata/slx/dynamic/-/{path}"

    def get(self, path: str, status: int = 200, **params: object) -> dict | list:
        """JSON of a GET that ends with `status`."""
        answer = self.request("GET", path, params={"format": "json", **params})
        assert answer.status_code == status, answer.text
        return answer.json()

    def rows(self, path: str, **params: object) -> list[dict]:
        return self.get(path, **params)["$resources"]

    def send(
        self, method: str, path: str, body: object, status: int = 200, **more: object
    ) -> dict | list | None:
        """JSON of a write that ends with `status`."""
        params = {"format": "json", **more.pop("params", {})}
        answer = self.request(method, path, params=params, json=body, **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def message(self, answer: list[dict]) -> str:
        """Of the first diagnosis."""
        return answer[0]["message"]


@pytest.fixture(scope="module", params=["8", "7.5.4"])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Simulator, str]]:
    simulator = Simulator(leads=60, contacts=60, generation=request.param)
    with simulator.serve() as url:
        yield simulator, url


@pytest.fixture
def login(served: tuple[Simulator, str]) -> Iterator[Callable[..., Crm]]:
    """A fresh state, and logins on it."""
    simulator, url = served
    simulator.control.reset()

    def log_in(user: str = "admin", password: str = "") -> Crm:
        return Crm(simulator, url, user, password)

    return log_in


@pytest.fixture
def crm(login: Callable[..., Crm]) -> Crm:
    """The administrator's login."""
    return login()
