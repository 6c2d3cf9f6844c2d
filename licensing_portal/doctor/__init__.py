"""The doctor: everything that can be wrong with a portal in production, in words, with what to do (docs/watching.md).

``manage.py doctor`` and the page *System check* both ask ``examine``. Each family of checks is a module; ``registry``
lists the checks. A check reads and never writes.
"""

from licensing_portal.doctor.findings import HealthFinding, HealthLevel
from licensing_portal.doctor.registry import CHECKS, HealthCheck, examine

__all__ = ["CHECKS", "HealthCheck", "HealthFinding", "HealthLevel", "examine"]
