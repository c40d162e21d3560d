"""Places as coordinates and links of maps."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.forms.questions import Question, QuestionType
from dialogs.forms.values import canonical
from dialogs.reading import Problem, Taken, Unread, read


def outcome(text, kind=QuestionType.GEOPOINT):
    match read(Question("/data/q", kind, "Wo?"), text, "de", date(2026, 11, 23)):
        case Taken(value):
            return value
        case Unread(problem):
            return problem


HERE = "52.52 13.405 0.0 0.0"


@pytest.mark.parametrize(
    "text",
    [
        "52.52, 13.405",
        "52.52 13.405",
        "52.52,13.405",
        "52.52; 13.405",
        "(52.52, 13.405)",
        "52,52 13,405",
        "52,52; 13,405",
        "52,52, 13,405",
        "52.52° 13.405°",
        "52.52 13.405 0 0",
        "52.5200 13.4050 34.0 5.0",
        "lat: 52.52, lon: 13.405",
        "N 52.52 E 13.405",
        "N 52.52 O 13.405",
        "52.52 N, 13.405 E",
        "52.52°N 13.405°E",
        "13.405 E, 52.52 N",
        "52°31'12\"N 13°24'18\"E",
        "52° 31′ 12″ N, 13° 24′ 18″ O",
        "52° 31.2' N 13° 24.3' E",
        "geo:52.52,13.405",
        "geo:52.52,13.405;u=35",
        "geo:52.52,13.405?z=17",
        "https://www.openstreetmap.org/#map=17/52.52/13.405",
        "https://www.openstreetmap.org/?mlat=52.52&mlon=13.405#map=12/1.0/2.0",
        "https://www.google.com/maps/@52.52,13.405,17z",
        "https://www.google.com/maps/place/Platz/@52.1,13.1,17z/data=!3m1!4b1!3d52.52!4d13.405",
        "https://maps.google.com/?q=52.52,13.405",
        "https://www.google.com/maps/search/?api=1&query=52.52%2C13.405",
        "https://maps.apple.com/?ll=52.52,13.405&q=Platz",
        "Hier bin ich: https://maps.apple.com/?ll=52.52,13.405",
    ],
)
def test_a_place_is_read(text):
    assert outcome(text) == HERE


@pytest.mark.parametrize(
    "text",
    [
        "Rathaus",
        "Marktplatz 5",
        "52",
        "52,52",
        "52 13",
        "91.0, 13.4",
        "52.5, 181.0",
        "52.5, 13.4, Berlin",
        "N 52.5 N 13.4",
        "52°61'N 13°24'E",
        "https://example.org/",
        "https://www.google.com/maps/place/Rathaus",
        "https://maps.app.goo.gl/abcdef",
        "geo:91,13",
        "https://maps.google.com/?q=Rathaus",
        "3.5.2026",
        "x" * 500,
    ],
)
def test_what_is_no_place_says_so(text):
    assert outcome(text) is Problem.NOT_A_PLACE


def test_south_and_west_are_negative():
    assert outcome("33°51'S 151°12'W") == "-33.85 -151.2 0.0 0.0"
    assert outcome("-33.85, -151.2") == "-33.85 -151.2 0.0 0.0"


def test_a_line_and_a_shape_are_points_one_after_the_other():
    line = "52.5 13.4; 52.6 13.5"
    assert outcome(line, QuestionType.GEOTRACE) == "52.5 13.4 0.0 0.0;52.6 13.5 0.0 0.0"
    assert outcome("52.5 13.4", QuestionType.GEOTRACE) is Problem.NOT_A_PLACE
    assert outcome("52.5 13.4; dort", QuestionType.GEOTRACE) is Problem.NOT_A_PLACE
    shape = outcome("52.5 13.4\n52.6 13.5\n52.7 13.4", QuestionType.GEOSHAPE)
    assert shape.split(";")[0] == shape.split(";")[-1]
    assert canonical(QuestionType.GEOSHAPE, shape) == shape
    assert outcome(line, QuestionType.GEOSHAPE) is Problem.NOT_A_PLACE


@given(st.decimals(-90, 90, places=6), st.decimals(-180, 180, places=6))
def test_every_point_on_earth_reads_as_the_form_keeps_it(latitude, longitude):
    value = outcome(f"{latitude:f}, {longitude:f}")
    assert canonical(QuestionType.GEOPOINT, value) == value
    assert [float(part) for part in value.split()] == [float(latitude), float(longitude), 0.0, 0.0]
