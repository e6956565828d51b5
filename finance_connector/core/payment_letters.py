"""How letters and signs are written in Latin letters, where Unicode does not say it by taking their marks off.

Sources: EPC217-08 (conversion of characters in SEPA), ISO 843 (Greek names), the passport rules of Bulgaria and Ukraine
(Cyrillic), Bacs practice (signs in names).
"""


def _pairs(text):
    return dict(pair.split("=") for pair in text.split())


_LATIN = _pairs(
    "Ä=AE Ö=OE Ü=UE ä=ae ö=oe ü=ue ß=ss ẞ=SS Æ=AE æ=ae Œ=OE œ=oe Ø=OE ø=oe Å=AA å=aa Ð=D ð=d Đ=D đ=d Þ=TH þ=th Ł=L ł=l ı=i "
    "Ħ=H ħ=h Ŋ=N ŋ=n ĸ=k Ŧ=T ŧ=t"
)
_CAPITALS = _pairs(
    "Α=A Β=V Γ=G Δ=D Ε=E Ζ=Z Η=I Θ=TH Ι=I Κ=K Λ=L Μ=M Ν=N Ξ=X Ο=O Π=P Ρ=R Σ=S Τ=T Υ=Y Φ=F Χ=CH Ψ=PS Ω=O "
    "А=A Б=B В=V Г=G Д=D Е=E Ж=ZH З=Z И=I Й=Y К=K Л=L М=M Н=N О=O П=P Р=R С=S Т=T У=U Ф=F Х=H Ц=TS Ч=CH Ш=SH Щ=SHT Ъ=A Ь=Y "
    "Ю=YU Я=YA І=I Ї=YI Є=YE Ґ=G Ы=Y Э=E"
)
_PUNCTUATION = _pairs("–=- —=- ‐=- ‑=- −=- ‘=' ’=' ‚=, “=' ”=' „=' «=' »=' …=... €=EUR £=GBP ´='")
LETTERS = {
    **_LATIN, **_CAPITALS, **{capital.lower(): latin.lower() for capital, latin in _CAPITALS.items()}, "ς": "s", **_PUNCTUATION,
}  # fmt: skip

# Signs that a scheme does not have; the ones after the blank line are only missing in Bacs.
SIGNS = {
    "&": "+", "_": "-", "\\": "/", "|": "/", '"': "'", "`": "'", ";": ",", "!": ".", "*": ".", "=": "-", "~": "-", "#": ".",
    "$": ".", "%": ".", "@": "(at)", "<": "(", ">": ")", "[": "(", "]": ")", "{": "(", "}": ")", "^": ".",

    "'": " ", "(": " ", ")": " ", ",": " ", ":": " ", "?": " ", "+": "&",
}  # fmt: skip
