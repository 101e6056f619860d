// Everything here is a convenience: each page works without it.

import {
  Button,
  CharacterCount,
  ErrorSummary,
  PasswordInput,
  SkipLink,
  createAll,
} from "govuk-frontend";
import { startLookingAgain } from "./again.js";
import { startAlone } from "./alone.js";
import { startClosing } from "./closing.js";
import { startCoding } from "./coding.js";
import { startCopying } from "./copying.js";
import { startLeaving } from "./leaving.js";
import { startLocalTimes } from "./local-times.js";
import { startMenu } from "./menu.js";
import { startNarrowing } from "./narrowing.js";
import { startPrinting } from "./printing.js";
import { startReferences } from "./references.js";
import { startTotals } from "./totals.js";

startLeaving(document);

document.body.classList.add("js-enabled", "govuk-frontend-supported");
// The counter counts what stands between spaces, as forms/wording.py does on the server.
for (const component of [Button, CharacterCount, ErrorSummary, PasswordInput, SkipLink]) {
  createAll(component);
}

startAlone(document);
startClosing(document);
startCoding(document);
startCopying(document);
startLocalTimes(document);
startLookingAgain(document);
startMenu(document);
startNarrowing(document);
startPrinting(document);
startReferences(document);
startTotals(document);
