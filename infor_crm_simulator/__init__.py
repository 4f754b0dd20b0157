"""A practice Infor CRM: SData over SQLite, for learning and for tests."""

from .simulator import Simulator

__all__ = ["Simulator"]
