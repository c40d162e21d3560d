"""Everyday words that say nothing about what a text is about, in German and English.

Short words of grammar, and what everybody writes to a town hall: please, thank you, should be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_GERMAN: Final = """
ab aber abends alle allem allen aller allerdings alles allgemein als also am an andere anderem anderen anderer anderes
anders auch auf aufgrund aus außer außerdem bald bei beide beiden beim beispiel bereits besonders besser besten bin bis
bisher bist bitte bleibt bloß brauche brauchen braucht bräuchte bzw da dabei dadurch dafür dagegen daher dahin damals
damit danach daneben danke dann daran darauf daraus darf darin darüber darum darunter das dass davon davor dazu dein
deine dem den denen denn dennoch der deren derzeit des deshalb dessen desto deswegen dich die dies diese dieselbe
diesem diesen dieser dieses dir direkt doch dort dran draußen dürfen durch dürfte eben ebenfalls ebenso echt egal eher
eigentlich ein eine einem einen einer eines einfach einige einigen einiges einmal einzige endlich er erst erste ersten
es etc etwa etwas euch euer eure fast finde finden findet früher für gab ganz ganze ganzen gar geben gegen gegenüber
gehen geht gehört gemacht genau genug gerade gern gerne gewesen gibt ging gleich größer gut gute guten guter gutes hab
habe haben habt halt hat hatte hätte hatten hätten häufig her hier hin hinter hinzu hoch ich ihm ihn ihnen ihr ihre
ihrem ihren ihrer ihres im immer in indem innerhalb ins insgesamt irgend irgendwann irgendwie irgendwo ist ja jede
jedem jeden jeder jedes jedoch jemand jene jetzt kann kaum kein keine keinem keinen keiner klar komme kommen kommt
könne können könnt könnte könnten lange lassen leider letzte letzten lieber liegt machen macht mag mal man manche
manchen manchmal mehr mein meine meinem meinen meiner meines meist meisten mich mindestens mir mit mittlerweile möchte
möchten möglich momentan müsse müssen muss müsste müssten nach nachdem nahe natürlich neben nein nehmen nicht nichts
nie niemand noch nochmal nötig nun nur ob oben oder oft ohne paar pro recht rein richtig rund sagen sagt schade schlecht
schlechte schlechten schlimm schnell schon schön sehe sehen sehr sei seien sein seine seinem seinen seiner seines seit
seitdem selber selbst sich sicher sie sieht sind so sobald sodass sofort sogar solche solchen soll solle sollen sollte
sollten somit sondern sonst soweit sowie später statt stattdessen stehen steht stets super teilweise tolle toll trotz
trotzdem tun tut über überall überhaupt übrigens um und ungefähr uns unser unsere unserem unseren unserer unten unter
usw viel viele vielem vielen vieler vielleicht vom von vor vorher wäre wären wann war waren warum was wegen weil weiter
weitere weiteren weiterhin welche welchem welchen welcher welches wem wen wenig wenige weniger wenigstens wenn wer werde
werden wessen weswegen wie wieder wieso will wir wird wirklich wirst wo wobei wodurch wofür woher wohin wohl wollen
wollte womit woran worden wünsche wünschen wünschenswert würde würden wurde wurden zu zudem zum zumindest zur zurück
zusätzlich zwar zwei zwischen
wär wärs gibts gehts ists finds hallo guten tag grüße freundlichen freundliche mfg vielen dank beste sehr geehrte damen
herren ok okay eigene eigenen liebe lieben frau herr meiner-meinung meinung unbedingt dringend bekommen bekommt endlich
stadt gemeinde ändern änderung sorry ständig dauernd oftmals zb bspw evtl ggf ca
"""

_ENGLISH: Final = """
about above after again against all almost along already also although always am among an and another any anyone
anything are around as at back be because become becomes been before being below best better between both but by came
can cannot come comes could did do does doing done down during each either else enough especially even ever every
everyone everything far few find first for from full further generally get gets getting give given go goes going gone
good got great had has have having he hello her here hers herself him himself his how however i if in indeed instead
into is it its itself just keep kept know last least less let like likely little long look lot lots made make makes many
may maybe me mean might mine more most much must my myself near nearly need needed needs neither never new next nice no
nobody none nor not nothing now of off often ok okay on once one only or other others otherwise our ours ourselves out
over own perhaps please put quite rather really recently right said same say says see seem seems seen several shall she
should simply since so some somebody someone something sometimes soon still such sure take taken takes than thank thanks
that the their theirs them themselves then there therefore these they thing things think this those though through thus
to together too took toward towards tried try two under unless until up upon us use used usually very via want wanted
wants was way we well went were what whatever when whenever where whether which while who whole whom whose why will wish
with within without would yes yet you your yours yourself
town council sorry
dear sir madam regards kind hi also im ive dont doesnt isnt cant wont didnt id
it's i'm don't doesn't isn't can't won't
didn't there's that's
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS: Final[Mapping[str, frozenset[str]]] = {"de": _words(_GERMAN), "en": _words(_ENGLISH)}
