# SPDX-License-Identifier: MIT
"""The characters whose erasing is measured, by what they are."""

AFTER_A_FLAG = "flag after a flag"
BEFORE = "abcdefgh"
"""What stands before the character: a press too many is seen by its loss."""

CHARACTERS = {
    "letter": "a",
    "é, one code point": "é",
    "é, e and acute": "e\u0301",
    "ệ, one code point": "ệ",
    "ệ, e and two marks": "e\u0323\u0302",
    "e and five marks": "e\u0301\u0302\u0303\u0304\u0305",
    "Greek ᾧ, one code point": "ᾧ",
    "Cyrillic й, one code point": "й",
    "Cyrillic и and breve": "и\u0306",
    "Hebrew, shin with dagesh and dot": "ש\u05bc\u05c1",
    "Hebrew שּ, one code point": "\ufb49",
    "Arabic, beh with fatha": "ب\u064e",
    "Arabic, beh with shadda and fatha": "ب\u0651\u064e",
    "Arabic آ, one code point": "\u0622",
    "Devanagari, ka and i": "कि",
    "Devanagari, ka, virama, ssa": "क्ष",
    "Devanagari, ka, virama, ssa, i": "क्षि",
    "Devanagari, ka and virama": "क्",
    "Devanagari, ka with nukta": "क\u093c",
    "Devanagari क़, one code point": "\u0958",
    "Bengali, ko": "কো",
    "Tamil, ko": "கொ",
    "Thai, ko kai with sara i and mai tho": "กิ้",
    "Thai, sara am": "กำ",
    "Thai, no mark": "ก",
    "Lao, kip": "ກິ້",
    "Khmer, with coeng": "ក្ក",
    "Myanmar, stacked": "က္က",
    "Tibetan, stacked": "ཀྵུ",
    "Hangul syllable": "각",
    "Hangul jamo, two": "\u1100\u1161",
    "Hangul jamo, three": "\u1100\u1161\u11a8",
    "ideograph": "漢",
    "ideograph of plane 2": "𠮷",
    "ideograph with variation selector": "葛\U000e0100",
    "kana ga, one code point": "が",
    "kana ka with voicing mark": "か\u3099",
    "emoji": "👍",
    "emoji with skin tone": "👍🏽",
    "emoji with variation selector": "❤\ufe0f",
    "ZWJ family of three": "👨‍👩‍👧",
    "ZWJ with selector and tone": "🕵🏽‍♀️",
    "ZWJ couple with selectors": "👩‍❤️‍👨",
    "flag": "🇩🇪",
    AFTER_A_FLAG: "🇫🇷",
    "lone flag letter": "🇩",
    "subdivision flag": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "keycap": "1\ufe0f\u20e3",
    "digit with text selector": "1\ufe0e",
    "enclosing circle": "a\u20dd",
    "mathematical letter": "𝔄",
    "zero width space": "\u200b",
    "zero width non-joiner after a letter": "ن\u200c",
    "soft hyphen": "\u00ad",
    "no-break space": "\u00a0",
    "newline": "\n",
    "tab": "\t",
}


def before(label: str) -> str:
    """What the character of that label is put behind."""
    return BEFORE + "🇩🇪" if label == AFTER_A_FLAG else BEFORE
