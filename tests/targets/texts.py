# SPDX-License-Identifier: MIT
"""
The texts of the matrix, written for it. Each ends with a fence, a character that it has nowhere else: behind it nothing
comes, and what a program got twice shows even at the end.

No text has a Tab: that moves the focus where it isn't inserted.
"""

from __future__ import annotations

import itertools
import random
import string
import unicodedata

from tests.helpers import desktop
from typewright.keymap.keysyms import character_of, keysym_named, keysym_of

FENCE = "|"

_ASCII = "".join(map(chr, range(0x20, 0x7F))).replace(FENCE, "")

_LATIN = (
    "".join(map(chr, range(0xA1, 0x100))).replace("\u00ad", "")
    + "ĀāĂ㥹ĆćČčĎďĐđĒēĖėĘęĚěĞğĠġĢģĦħĪīĮįİıĶķĹĺĻļĽľŁłŃńŅņŇňŊŋŌōŐőŒœŔŕŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŴŵŶŷŸŹźŻżŽžƏəȘșȚțẀẁẞỲỳ"
)

_EUROPEAN = """Bücher über Vögel kosten Geld – „süß“, sagt Özil, „aber größer“: ÄRGER, ÜBEL, ÖDE, 3,50 €.
Là-bas, où l’été s’achève, un garçon naïf rêve d’œufs à l’aïoli ; « ÉTÉ, ÇA, ŒUF ? » Aÿ est sûr, paraît-il.
Mañana, ¿quién pagará el güisqui del pequeño león? ¡NIÑO, ÁRBOL, ÚLTIMO! La nº 1ª.
Wąż śpi źle, ćma żre łąkę, koń ŻUJE ŚWIEŻĄ ŁĄKĘ. Kůň ťuká, děti řvou, žába čeká, ŠŤĚSTÍ, ÚŘAD, ňouma, ďas.
Blåbær på øen, ræven SØGER ÆBLER; små kråkor ÄTER ÖGON. Őszi tűz, ŐRÜLT ŰR, kő. Þar fór ég, ÞÚ ert góð; ÐE.
Não há maçã à mão, avô; AVÓ, CORAÇÕES põe. İyi gün, ığdır, ŞAŞI çağ. Ģirts ķer ļoti ņipru ūdeni, ėda žąsį.
"""

_LEGACY = "".join(
    character
    for character in map(chr, range(0xA0, 0x10000))
    if unicodedata.category(character) not in ("Cs", "Cn") and keysym_of(character) < 0x01000000
)

_MIXED = (
    "Grüße aus Łódź, Œuvre №7: «привет, мир!» Ёж съел жука.\n"
    "Ελληνικά: φῶς ἐστί, Ἀθῆναι; שלום עולם; 漢字と仮名 한국어 ∀x∈ℝ: x²≤½π ≠ ∞ “ok” – 5 €\n"
    "नमस्ते السلام 👩\u200d💻 🇩🇪 👍🏽 ❤\ufe0f Żółw, Ñandú & ÇA IRA; ẞ ← → ✓\n"
    "plain words stand between them, in small and in CAPITALS, 0123456789 (a+b)*[c-d]/{e%f} #x @y $z ^w ~v `u \\t; "
    "then comes some more of it all: ÇA, Żółw, жук, φῶς, 漢字, and an end."
)

_COMBINING = (
    "मैं हिन्दी में लिखता हूँ; क़लम, ज़मीन, श्री, कृत्रिम ज्ञान। १२३ "
    "أَكْتُبُ رِسَالَةً طَوِيلَةً، ثُمَّ أَنَامُ؛ هَلْ تَفْهَمُ؟ پچژگ ٤٥٦ "
    "שָׁלוֹם לְכֻלָּם, יֶלֶד טוֹב; "
    "ที่นี่ไม่มีน้ำ ก็ไปหา. Tiếng Việt: những chữ ‘ằẵặ’. a\u0301\u0323 o\u0302\u0308 q\u0307\u0323"
)

_EMOJI = (
    "👍👍🏻👍🏿 👩‍👩‍👧‍👦 👨🏽‍🚀 🏳️‍🌈 🏴‍☠️ 🇩🇪🇫🇷🇯🇵 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f "
    "❤️ ❤︎ ☎️ ☎︎ 1️⃣ #️⃣ 😀🥲🫠 🧑‍🦰 👁️‍🗨️ ⌚ ✈️ ©️ ‼️ 𝔘𝔫𝔦 𝒳 𐍈 𠮷"
)

_SPACES = (
    "no\u00a0break\u202fnarrow\u2009thin\u2002en\u2003em\u2007figure\u200aхair\u3000wide soft\u00adhyphen\u2011hard "
    "zero\u200bwidth\u200cnon\u200djoiner\u2060word \u200eltr\u200frtl\u2066isolate\u2069 "
    "\u00b7\u2010\u2012\u2013\u2014\u2015\u2212"
)

_ACCENTED = "Ångström, čekáš žluťásky, kůň, ÀÉÎÕÜ; Ελλάς, ᾧ, ї, й, Ё, 각, が, ệ"


def _cjk() -> str:
    """240 ideographs, each once, and kana and Hangul; a line for each forty."""
    dice = random.Random(20261122)
    chosen = dice.sample(range(0x4E00, 0x9FA6), 240)
    lines = ["".join(map(chr, chosen[at : at + 40])) for at in range(0, 240, 40)]
    return "\n".join([*lines, "ひらがなとカタカナ、「かぎ」・ー。ｱｲｳ", "가나다라마바사 아자차카타파하 힣"])


def _runs() -> str:
    """Runs of one character, in which one too many or too few is all that can go wrong."""
    counts = itertools.cycle((40, 3, 17))
    return "".join(character * next(counts) for character in "aAé É漢.👍\nßz")


_PLAIN = "the of and to in that keys work which may not be sent before each has come Now Typing is what Fingers do"
_OTHERS = ("für über größer ÄHNLICH", "été où garçon À", "niño ¿qué? señor", "łąka źle ŻABA", "мир это ЖУК", "日本語 文字")


def _long() -> str:
    """20,000 characters, the fence included: paragraphs in one language after the other, most of their words plain."""
    dice = random.Random(1)
    text = ""
    for others in itertools.cycle(_OTHERS):
        words = dice.choices(_PLAIN.split(), k=90) + dice.choices(others.split(), k=10)
        dice.shuffle(words)
        text += " ".join(words) + dice.choice(string.punctuation.replace(FENCE, "")) + "\n"
        if len(text) > 20_000:
            break
    return text[:19_999]


TEXTS = {
    name: text + FENCE
    for name, text in {
        "ascii": _ASCII + "\n" + _ASCII[::-1],
        "latin": _LATIN,
        "european": _EUROPEAN[:596],
        "cyrillic": "Щука съела ёжика, а потом и эту юлу; ЭХ, ВЫПЬЕМ ЧАЙ. Ґанок, їжак, ў, Ђак, ќе, џеп; № 5 — «ОБЪЁМ».",
        "greek": "Γράφω μὲ τόνους· ᾧ, ᾳ, ῆ, ῥέω, Ὦ φίλε, Ἑλλάς, ἥλιος, ὕδωρ, ψεῦδος ΞΗΡΟΣ ΖΥΓΟΣ; ΐ ΰ ς Σ ἆ ὃ ΅ι΅υ ΄α",
        "hebrew": "אני כותב מכתב ארוך, ואז הולך לישון בצל עץ גדול. ״כן״, ₪ 5; ABC גם כאן! ךםןףץ קטן ספר",
        "combining": _COMBINING,
        "maths": "∀ε>0 ∃δ: ∣x−a∣<δ ⇒ ∣f(x)−L∣≤ε; ∑ₙ₌₀^∞ xⁿ⁄n! = eˣ, ∮∇×F·dA, ℝ⊂ℂ, ¬(p∧q)⇔¬p∨¬q, ⟨ψ∣φ⟩, x̄±½σ², ⌊√2⌋",
        "cjk": _cjk(),
        "emoji": _EMOJI,
        "composed": unicodedata.normalize("NFC", _ACCENTED),
        "decomposed": unicodedata.normalize("NFD", _ACCENTED),
        "spaces": _SPACES,
        "runs": _runs(),
        "mixed": _MIXED[:335],
    }.items()
}
"""The short texts by name."""
SHORT = "".join(text.removesuffix(FENCE) + "\n" for text in TEXTS.values()) + FENCE
"""All of them as one, some 2,800 characters."""
LONG = _long() + FENCE
"""20,000 characters."""
LEGACY = _LEGACY + FENCE
"""Every character that has a keysym of its own name, from before Unicode: there, programs have tables of their own."""


def on_keyboard(environ: dict[str, str]) -> str:
    """Every character that stands on a key of the current layout, in any group and level, but the fence."""
    lines = desktop.run(environ, "xmodmap", "-pke").splitlines()
    names = itertools.chain.from_iterable(line.partition("=")[2].split() for line in lines)
    characters = dict.fromkeys(character_of(keysym_named(name)) for name in names)
    return "".join(character for character in characters if character not in ("", FENCE)) + FENCE
