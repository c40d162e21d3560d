"""English words for answers. Data only; what the fields mean is in `vocabulary.py`."""

from __future__ import annotations

from decimal import Decimal

from dialogs.reading.vocabulary import Daylight, Unit, Vocabulary, phrases, table

_ONES = "one|a|an", "two", "three", "four", "five", "six", "seven", "eight", "nine"
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = "twenty", "thirty", "forty|fourty", "fifty", "sixty", "seventy", "eighty", "ninety"
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", "twenty first", "twenty second", "twenty third", "twenty fourth", "twenty fifth", "twenty sixth",
    "twenty seventh", "twenty eighth", "twenty ninth", "thirtieth", "thirty first",
)  # fmt: skip
_MINUTE, _HOUR, _DAY = Decimal(60), Decimal(3600), Decimal(86_400)

WORDS = Vocabulary(
    numerals={
        **table({"and": ("A", 0), "hundred": ("H", 100), "thousand|k": ("K", 1000)}),
        **table({"million|millions": ("M", 1_000_000)}),
        **table({word: ("U", value) for value, word in enumerate(_ONES, 1)}),
        **table({word: ("T", value) for value, word in enumerate(_TEENS, 10)}),
        **table({word: ("Z", value * 10) for value, word in enumerate(_TENS, 2)}),
    },
    ordinals=table(dict(zip(_ORDINALS, range(1, 32), strict=True))),
    fractions=table(
        {
            "half|a half|one half|half a|half an": Decimal("0.5"),
            "quarter|a quarter|one quarter|quarter of an|a quarter of an": Decimal("0.25"),
            "three quarters|three quarters of an": Decimal("0.75"),
            "dozen|a dozen": Decimal(12),
            "half a dozen": Decimal(6),
            "once": Decimal(1),
            "twice": Decimal(2),
            "thrice": Decimal(3),
        }
    ),
    and_a_half=(" and a half", " and one half"),
    nothing=phrases(
        "zero|none|nil|nought|nothing|nobody|never|no one|not one|not a single one|not any|none at all",
        "not at all|not once",
    ),
    nothing_of=phrases("zero|no"),
    articles=phrases("a|an"),
    minus=phrases("minus|negative"),
    hedges=phrases(
        "about|around|approximately|approx|roughly|some|circa|ca|exactly|only|just|maybe|perhaps|probably",
        "like|i|im|i am|am|we|are|were|was|have|had|has|got|it|its|is|think|guess|for|in|total|altogether",
        "or so|old|long|well|almost|nearly|the|somewhere|say|please|of|us|there|give or take|per|each|a",
        "waited|number|id|estimate|ish|already|now",
    ),
    unlike=phrases(
        "more|less|over|under|least|most|up|to|between|not|no|or|neither|plus|minus|than|from|except|without",
        "never|few|couple|several|above|below|and|half|until",
    ),
    counting=phrases("many|much|in"),
    units=table(
        {
            "second|seconds|sec|secs|s": Unit("time"),
            "minute|minutes|min|mins": Unit("time", _MINUTE),
            "hour|hours|hr|hrs|h": Unit("time", _HOUR),
            "day|days": Unit("time", _DAY),
            "week|weeks": Unit("time", 7 * _DAY),
            "month|months": Unit("month"),
            "year|years|yrs|yr": Unit("month", Decimal(12)),
            "m|metre|metres|meter|meters": Unit("length"),
            "km|kilometre|kilometres|kilometer|kilometers": Unit("length", Decimal(1000)),
            "cent|cents": Unit("money"),
            "euro|euros|eur|€": Unit("money", Decimal(100)),
            "g|gram|grams": Unit("mass"),
            "kg|kilo|kilos|kilogram|kilograms": Unit("mass", Decimal(1000)),
            "percent|per cent|%": Unit("share"),
            "time|times|x": Unit("times"),
            "degrees|degree|°": Unit("degrees"),
            "square metres|square meters|sqm|m2": Unit("area"),
            "people|persons|person|children|child|kids|kid|pieces|points|point|stars": Unit("count"),
            "items|trips|trip|adults|adult": Unit("count"),
            "bikes|bicycles|cars|pets": Unit("count"),
        }
    ),
    yes=phrases(
        "yes|yep|yup|yeah|yea|ya|yah|sure|of course|certainly|definitely|absolutely|indeed|right|correct|true",
        "yes please|y|yes of course|sure thing|gladly|ok|okay|by all means|yes i do|yes i have|yes i am",
        "yes definitely|yes sure|i do|i have|yes absolutely|aye|yessir|yes indeed|you bet|why not|yes thanks",
        "yes thank you",
    ),
    no=phrases(
        "no|nope|nah|nay|no thanks|no thank you|not really|not at all|never|not yet|no way|n|no never",
        "no not yet|no not really|no i dont|no i have not|no i havent|no i am not|i dont|i do not|i havent",
        "i have not|absolutely not|definitely not|certainly not|of course not|no not at all|unfortunately not",
        "no sorry|not|no i didnt|i didnt",
    ),
    undecided=phrases("maybe|perhaps|kind of|sort of|it depends|depends|yes and no|so so|possibly|meh"),
    unknown=phrases(
        "dont know|i dont know|do not know|i do not know|no idea|not sure|im not sure|i am not sure|unsure",
        "unknown|dunno|idk|dk|cant say|i cant say|cannot say|no opinion|no clue|i have no idea|undecided",
    ),
    unsaid=phrases(
        "prefer not to say|i prefer not to say|id rather not say|rather not say|no answer|no comment",
        "prefer not to answer|i prefer not to answer|decline to answer|refused|refuse to answer|not specified",
        "i would rather not say",
    ),
    acknowledged=phrases(
        "ok|okay|read|continue|next|understood|got it|done|i have read it|read it|agreed|i agree|acknowledged",
        "go on|fine|seen|confirmed|i confirm|confirm|thanks|alright|all right|i understand|noted",
    ),
    everything=phrases(
        "all|everything|all of them|all of the above|all of these|both|both of them|every one",
        "every one of them",
    ),
    none_of_them=phrases(
        "none|nothing|none of them|none of these|none of the above|neither|not any|nothing of that",
        "none at all|no",
    ),
    nowhere=phrases("no place|no location|no address|no particular place|nowhere|not needed|not applicable"),
    except_for=phrases("except|except for|but not|all but|apart from|without|other than"),
    fillers=phrases(
        "i|we|take|choose|pick|would|like|want|ill|id|im|go|going|prefer|please|the|a|an|my|by|with|on|in|at",
        "to|of|for|from|mostly|number|no|nr|option|answer|choice|one|also|too|rather|probably|maybe|usually",
        "always|often|drive|ride|use|am|is|it|its|then|guess|think|so|that|this|and|thanks|me|be|was|just",
        "only|well|will|have|say|select|definitely",
    ),
    negations=phrases(
        "not|no|never|dont|doesnt|didnt|isnt|arent|wasnt|wont|cant|cannot|without|except|neither|nor|none",
        "hardly|instead|havent|hasnt|wouldnt|nope|nothing|hate|unlike",
    ),
    joiners=phrases("and|or|plus|as well as|also|both|n|and also"),
    up_to=phrases("to|through|until|thru"),
    order_first=phrases("first|firstly|most important|at first|at the top"),
    order_then=phrases(
        "then|and then|next|after that|followed by|secondly|thirdly|second|third|before|afterwards|over",
    ),
    order_last=phrases(
        "last|lastly|finally|and finally|and last|at last|at the end|least important",
    ),
    days=table(
        {
            "today|this morning|this afternoon|this evening|tonight": 0,
            "tomorrow|tomorrow morning|tomorrow afternoon|tomorrow evening|tomorrow night": 1,
            "day after tomorrow|the day after tomorrow": 2,
            "yesterday|yesterday morning|yesterday afternoon|yesterday evening|last night": -1,
            "day before yesterday|the day before yesterday": -2,
        }
    ),
    spans=table(
        {
            "day|days": ("day", 1),
            "week|weeks": ("day", 7),
            "fortnight|fortnights": ("day", 14),
            "month|months": ("month", 1),
            "year|years": ("month", 12),
        }
    ),
    ago_after=phrases("ago|before"),
    ahead_before=phrases("in"),
    ahead_after=phrases("from now|from today|later|ahead"),
    last=phrases("last|past|previous"),
    following=phrases("next|coming|this coming"),
    present=phrases("this"),
    months=table({"sept": 9}),
    weekdays=table({"tues": 1, "thurs|thur": 3}),
    date_fillers=phrases(
        "on|the|of|at|in|it|was|is|will|be|since|from|i|think|about|around|please",
    ),
    oclock=phrases("hours|hrs|h"),
    oclock_spoken=phrases("oclock|o clock"),
    half_past=phrases("half past|half"),
    past=phrases("past|after"),
    before=phrases("to|before|of|til|till"),
    quarter=phrases("quarter|a quarter"),
    clock_names=table(
        {
            "noon|midday|at noon|at midday|12 noon|twelve noon": 720,
            "midnight|at midnight|12 midnight|twelve midnight": 0,
        }
    ),
    daylight=table(
        {
            "am|a m|in the morning|this morning|morning": Daylight(0),
            "pm|p m|in the afternoon|this afternoon|afternoon": Daylight(12),
            "in the evening|this evening|evening": Daylight(15),
            "at night|tonight|night": Daylight(20),
        }
    ),
    now=phrases("now|right now|just now"),
    time_fillers=phrases(
        "at|around|about|approximately|approx|ca|exactly|from|it|was|sharp|roughly|i|think|just|the|on",
    ),
    minutes=phrases("minutes|minute|mins|min"),
)
