"""The version of the numbers that trainings give."""

from __future__ import annotations

#: Finished trainings are stored and found by this number, their protocol, their data set and torch's version. It is
#: raised by hand when a change of the code or of a default gives other curves than before; every training is then made
#: again. Any other change, such as a faster loop or a renamed function, leaves it as it is, and stored trainings
#: are found again.
#:
#: ``tests/unit/test_golden_trainings.py`` trains small networks and compares them with ``tests/golden/curves.json``. It
#: fails when their numbers move and this number did not. After raising it, write new golden curves with
#: ``python -m tests.golden.write``.
NUMERICS = 2
