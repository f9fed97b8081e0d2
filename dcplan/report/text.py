"""Every answer as readable text, by one name each."""

from __future__ import annotations

from dcplan.report.check_text import check_text as check_text
from dcplan.report.check_text import verdict_text as verdict_text
from dcplan.report.plan_text import plan_text as plan_text
