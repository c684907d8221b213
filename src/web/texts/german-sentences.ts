/** What was done, what is asked, and what is explained, in German. */
export const germanSentences: Readonly<Record<string, string>> = {
  "No job was ticked": "Kein Job war angekreuzt",
  "{action} all": "alle: {action}",
  "There are more: go on with the same button.":
    "Es gibt weitere: mit demselben Knopf geht es weiter.",
  "{count} had moved on, or may not go.": "{count} waren schon woanders oder dürfen nicht fort.",
  "Nothing was done: {reason} is in its way.": "Nichts ist geschehen: {reason} steht im Weg.",
  "Nothing was done: the job is gone.": "Nichts ist geschehen: Den Job gibt es nicht mehr.",
  "Nothing was done: the job is {place} now.": "Nichts ist geschehen: Der Job ist jetzt {place}.",
  "Nothing was done: the batch is over.": "Nichts ist geschehen: Der Batch ist vorbei.",
  "Nothing was done: nobody held it.": "Nichts ist geschehen: Niemand hielt ihn.",
  "There are more than these, which come next.": "Es gibt mehr als diese; sie kommen danach.",
  "Type {name} to confirm": "Zur Bestätigung {name} eintippen",
  "That was something else": "Das war etwas anderes",
  "Do not": "Nicht tun",
  "Retry {count} jobs?": "{count} Jobs wiederholen?",
  "Run {count} jobs now?": "{count} Jobs jetzt ausführen?",
  "Move {count} jobs to the dead?": "{count} Jobs zu den toten legen?",
  "Cancel {count} jobs?": "{count} Jobs abbrechen?",
  "Delete {count} jobs for good?": "{count} Jobs endgültig löschen?",
  "Cancel {count} jobs of batch {name}?": "{count} Jobs des Batches {name} abbrechen?",
  "Delete all {count} jobs of queue {name} for good?":
    "Alle {count} Jobs der Queue {name} endgültig löschen?",
  "Let go of {key}? Another job like it may be enqueued then.":
    "{key} freigeben? Dann kann ein weiterer solcher Job eingereiht werden.",
  "Stop {count} processes? What runs is given some seconds to end.":
    "{count} Prozesse beenden? Was läuft, hat einige Sekunden, um fertig zu werden.",
  "Jobs put on their queues: {count}.": "In ihre Queues gelegte Jobs: {count}.",
  "Jobs moved to the dead: {count}.": "Zu den toten gelegte Jobs: {count}.",
  "Jobs cancelled: {count}.": "Abgebrochene Jobs: {count}.",
  "Jobs deleted: {count}.": "Gelöschte Jobs: {count}.",
  "Processes told: {count}.": "Benachrichtigte Prozesse: {count}.",
  "No process took the signal.": "Kein Prozess nahm das Signal an.",
  "{key} was enqueued.": "{key} wurde eingereiht.",
  "{key} is paused.": "{key} ist angehalten.",
  "{key} goes on.": "{key} geht weiter.",
  "Queue {name} is paused.": "Queue {name} ist angehalten.",
  "Queue {name} goes on.": "Queue {name} geht weiter.",
  "The batch is cancelled.": "Der Batch ist abgebrochen.",
  "It is free.": "Er ist frei.",

  "What was done from dashboards, the latest first. The latest 4,000 acts are kept.":
    "Was von Dashboards aus getan wurde, das Letzte zuerst. Die letzten 4.000 Eingriffe bleiben.",
  "Nothing was done yet": "Noch wurde nichts getan",
  "There are no batches": "Es gibt keine Batches",
  "No run was counted in that time": "In dieser Zeit wurde kein Lauf gezählt",
  "Jobs in retry and dead, by what they failed with and where.":
    "Jobs in Wiederholung und tote, nach Fehler und Stelle.",
  "Looked at {seen} of {total}, the nearest retries and the latest dead.":
    "{seen} von {total} angesehen: die nächsten Wiederholungen und die letzten toten.",
  "Look at {count}": "{count} ansehen",
  "Nothing has failed": "Nichts ist fehlgeschlagen",
  "All terms have to fit. Texts with spaces stand in quotes.":
    "Alles muss zutreffen. Texte mit Leerzeichen stehen in Anführungszeichen.",
  "{word} is no age: write 2d, 3h or 10m": "{word} ist kein Alter: 2d, 3h oder 10m",
  "That page is known no more: these are the first":
    "Diese Seite ist nicht mehr bekannt: Das sind die ersten",
  "No jobs here": "Hier sind keine Jobs",
  "No such job was found": "Kein solcher Job wurde gefunden",
  "Looked at {count}": "{count} angesehen",
  "Looked at {count}, there are more": "{count} angesehen, es gibt weitere",
  "Blocked jobs wait for other jobs, for a limit, or for a key.":
    "Blockierte Jobs warten auf andere Jobs, auf ein Limit oder auf einen Schlüssel.",
  "No job is over a limit": "Kein Job ist über einem Limit",
  "No unique job is there": "Kein einmaliger Job ist da",
  "No queue has had a job yet": "Noch keine Queue hatte einen Job",
  "No worker is alive: nothing runs": "Kein Worker lebt: Nichts läuft",
  "No worker is alive, and jobs wait": "Kein Worker lebt, und Jobs warten",
  "{busy} of {slots} slots are busy": "{busy} von {slots} Plätzen sind belegt",
  "{busy} of {slots} slots are busy, and jobs wait":
    "{busy} von {slots} Plätzen sind belegt, und Jobs warten",
  "Queue {name} is paused with one job": "Queue {name} ist angehalten, mit einem Job",
  "Queue {name} is paused with {count} jobs": "Queue {name} ist angehalten, mit {count} Jobs",
  "Queue {name} waits for {time}": "Queue {name} wartet seit {time}",
  "{share} % of today's runs failed": "{share} % der heutigen Läufe schlugen fehl",
  "Of runs that were told to be profiled. They are kept for a day; open one with speedscope or the Firefox Profiler, which nothing is sent to from here.":
    "Von Läufen, die aufgezeichnet werden sollten. Sie bleiben einen Tag; speedscope oder der Firefox Profiler öffnen sie, und von hier aus wird dorthin nichts gesendet.",
  "No run was profiled": "Kein Lauf wurde aufgezeichnet",
  "the next waits for {time}": "der nächste wartet seit {time}",
  "{count} are over a limit": "{count} sind über einem Limit",
  "Keys that take turns, of the next 1,000 jobs":
    "Schlüssel, die sich abwechseln, unter den nächsten 1.000 Jobs",
  "No living worker defines any, and none was defined at run time":
    "Kein lebender Worker bestimmt einen, und keiner wurde zur Laufzeit bestimmt",
  "It is not due": "Er wird nicht fällig",
  "It has not run yet": "Er ist noch nicht gelaufen",
  "{count} jobs are too many for a picture.": "{count} Jobs sind zu viele für ein Bild.",
  "Not kept: {why}": "Nicht aufgehoben: {why}",
  "This job was cancelled.": "Dieser Job wurde abgebrochen.",
  "There never was such a job.": "Einen solchen Job gab es nie.",
  "This job is over and was not kept, or there never was such a job.":
    "Dieser Job ist vorbei und wurde nicht aufgehoben, oder es gab ihn nie.",
  "No answer since {time}: this is what was known then":
    "Keine Antwort seit {time}: Das ist der Stand von damals",
  "Your session has ended: sign in again": "Deine Sitzung ist zu Ende: Melde dich neu an",
  "Signed in as {actor}": "Angemeldet als {actor}",

  "Something went wrong.": "Etwas ging schief.",
  "The address or form says more than there can be to say.":
    "Adresse oder Formular sagen mehr, als zu sagen ist.",
  "The address says the same thing twice.": "Die Adresse sagt dasselbe zweimal.",
  "The request is too long.": "Die Anfrage ist zu lang.",
  "There is no such page.": "Eine solche Seite gibt es nicht.",
  "There is no store of that name.": "Einen Speicher dieses Namens gibt es nicht.",
  "You may not do that.": "Das darfst du nicht.",
  "This form was not sent from the dashboard.":
    "Dieses Formular wurde nicht vom Dashboard gesendet.",
  "This form is too old: go back, load the page anew, and send it again.":
    "Dieses Formular ist zu alt: Geh zurück, lade die Seite neu und sende es noch einmal.",
  "It is not there any more.": "Das gibt es nicht mehr.",
  "There is no such action.": "Eine solche Aktion gibt es nicht.",
  "The form could not be read.": "Das Formular war nicht zu lesen.",
  "This page cannot be asked that way.": "So lässt sich diese Seite nicht fragen.",
  "The store does not answer.": "Der Speicher antwortet nicht.",

  "of that class": "dieser Klasse",
  "of that queue": "dieser Queue",
  "that last failed with that error": "die zuletzt mit diesem Fehler fehlschlugen",
  "with that tag": "mit diesem Tag",
  "that job; a jid alone leads to it": "diesen Job; eine jid allein führt zu ihm",
  "that are about that record, in arguments or context":
    "um diesen Datensatz, in Argumenten oder Kontext",
  "with that text in an argument; words without a name mean the same":
    "mit diesem Text in einem Argument; Wörter ohne Namen bedeuten dasselbe",
  "that were deferred before, or since": "die davor oder seither aufgegeben wurden",
};
