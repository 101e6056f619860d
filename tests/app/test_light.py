import subprocess
import sys

HEAVY = ("pandas", "numpy", "scipy", "sklearn", "pyarrow", "openpyxl", "weasyprint", "analysis")
ANSWERS = """
import sys
from pathlib import Path
from tests.conftest import make_app, open_consultation
from tests.pages import Respondent
from forms.loading import load_questionnaire
from app.services import editions

app = make_app(sys.argv[1], Path(sys.argv[2]))
key = open_consultation(app.extensions["database"], load_questionnaire(editions.DEFAULT_FILE))
respondent = Respondent(app, key)
respondent.begins().answers("oq1", oq1_gap="One definition").consents().sends()
respondent.opens(f"{respondent.base}/receipt")
print(sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[3:])))
"""


def test_whoever_only_answers_never_pays_for_the_analysis(sqlite_address, tmp_path):
    command = [sys.executable, "-c", ANSWERS, sqlite_address, str(tmp_path), *HEAVY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr[-800:]
