"""What was sold ahead ends by the clock."""

from finance.actions.package_care import unfreeze_package
from finance.actions.package_time import expire_package
from finance.models import Package
from finance.queries.days import clinic_today, today
from finance.queries.packages import to_expire
from finance.statuses import PackageStatus

S = PackageStatus


def sweep_packages() -> None:
    """Packages whose last day is over expire, those frozen for as long as they may be are usable again."""
    for package in to_expire(clinic_today())[:200]:
        expire_package(package=package, by=None)
    for package in Package.objects.filter(status=S.FROZEN).select_related("branch")[:500]:
        if package.frozen_on and (today(package.branch) - package.frozen_on).days >= (
            package.freeze_days - package.frozen_days
        ):
            unfreeze_package(package=package, by=None)
