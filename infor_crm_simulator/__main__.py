"""``python -m infor_crm_simulator``: a practice Infor CRM until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import sys

from .entities import GENERATIONS
from .server import Server
from .simulator import Simulator

_EPILOG = """
The first line of output is one JSON object with the address and the login of the
administrator (whose password is blank). Users, control paths, switches and faults are
described in docs/simulator.md; GET <url>/simulator/ lists the control paths.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m infor_crm_simulator",
        description="A practice Infor CRM that speaks SData.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--host", default="127.0.0.1", help="interface to listen on (%(default)s)")
    add("--port", type=int, default=0, help="0 takes a free one (%(default)s)")
    add("--seed", type=int, default=1, help="another number, other people")
    add("--leads", type=int, default=500, help="how many (%(default)s)")
    add("--contacts", type=int, default=500, help="how many (%(default)s)")
    add("--accounts", type=int, help="how many (one per three contacts)")
    add("--generation", choices=GENERATIONS, default="8", help="default: %(default)s")
    add("--file", help="keep the state in this SQLite file, and start from it")
    add("--clock", help="ISO moment at which the server's clock starts (real time)")
    add("--latency-ms", type=float, default=0, help="pause before each answer")
    add("--tls", action="store_true", help="HTTPS with a certificate of its own")
    return made


def main() -> None:
    arguments = vars(parser().parse_args())
    host, port = arguments.pop("host"), arguments.pop("port")
    tls = arguments.pop("tls")
    simulator = Simulator(**arguments)
    server = Server(simulator.wsgi, host, port, tls=tls).start()
    about = {
        "url": server.url,
        "sdata": f"{server.url}/sdata/slx",
        "user": "admin",
        "password": "",
    }
    if server.certificate:
        about["ca_file"] = server.certificate.cert_file
    print(json.dumps(about), flush=True)
    try:
        server.wait()
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    finally:
        simulator.control.state.release()
        server.stop()
        simulator.close()


if __name__ == "__main__":
    main()
