"""What banks call the columns of their tables, in the languages of their customers: a role for each name.

A name has to agree as a whole or by the words that begin it; the more special role stands before the more general.
"""

import re

# Role -> names, without accents, in lower case. Collected from what banks show on their own pages.
_NAMES = {
    "value_date": (
        "valuta|valutadatum|wertstellung|wertstellungsdatum|value date|date de valeur|date valeur|fecha valor|"
        "rentedatum|data valuta|currency date|wert|val date|interest date"
    ),
    "date": (
        "buchungstag|buchungsdatum|buchung|booking date|date|datum|transaction date|posting date|date operation|"
        "date de comptabilisation|date comptable|fecha|fecha operacion|f operacion|data|data operazione|data contabile|"
        "boekdatum|transactiedatum|completed date|date completed|posted|date posted|umsatzdatum|completed on|"
        "created on|f contable|details date"
    ),
    "balance": (
        "saldo|balance|solde|kontostand|saldo nach buchung|saldo nach mutatie|saldo na mutatie|running balance|"
        "saldo contabile|account balance|resulting balance|saldo disponible|balance after transaction|eindsaldo"
    ),
    "debit": (
        "debit|soll|belastung|lastschrift|af|paid out|money out|withdrawal|withdrawals|ausgang|debito|addebiti|uscite|"
        "cargo|debet|debit amount|montant debit|ausgaben|sortie|debits|cargos|dare"
    ),
    "credit": (
        "credit|haben|gutschrift|bij|paid in|money in|deposit|deposits|eingang|credito|accrediti|entrate|abono|"
        "credit amount|montant credit|einnahmen|entree|credits|abonos|avere"
    ),
    "indicator": (
        "af bij|soll haben|s h|credit debit|debit credit|cr dr|dr cr|d c|c d|debit credit indicator|direction|sign|"
        "sens|creditdebit|debetcredit|kennzeichen|umsatzart d c"
    ),
    "amount": (
        "betrag|amount|montant|umsatz|importe|importo|bedrag|transaction amount|value|wert in eur|net amount|summe|"
        "transactiebedrag|bedrag eur|cantidad|betrag in eur|umsatz in eur|amount in account currency|gross|gross amount|"
        "brutto|bruto|brut|montant brut|lordo"
    ),
    "currency": ("wahrung|waehrung|currency|devise|divisa|moneda|valuta code|munt|ccy|muntsoort|currency code|wahrg"),
    "account": (
        "konto|iban auftragskonto|auftragskonto|account|account number|rekening|iban bban|compte|cuenta|kontonummer|"
        "iban|numero de compte|rekeningnummer|own account|eigene iban|conto"
    ),
    "name": (
        "beguenstigter zahlungspflichtiger|beguenstigter auftraggeber|name zahlungsbeteiligter|empfanger|auftraggeber|"
        "payee|counterparty|counterparty name|naam tegenpartij|name|naam|beneficiaire|tiers|beneficiario|ordenante|"
        "merchant|zahlungsempfanger|zahlungspflichtiger|zahlungsbeteiligter|payer|naam naar|controparte|"
        "description counterparty|partner name|zahlungspflichtige r|zahlungsempfanger in|nombre|nome|nom"
    ),
    "counterparty_account": (
        "iban zahlungsbeteiligter|kontonummer iban|counterparty account|tegenrekening|tegenrekening iban bban|"
        "counterparty iban|iban contrepartie|partner iban|payee account|beneficiary account|contra account|"
        "compte contrepartie|iban bban counterparty|kontonummer empfanger|target account"
    ),
    "counterparty_bank": (
        "bic|bic swift code|blz|bic zahlungsbeteiligter|bic tegenpartij|swift|bankleitzahl|bic swift|counterparty bic"
    ),
    "end_to_end_id": (
        "end to end referenz|kundenreferenz end to end|kundenreferenz|end to end id|endtoendid|end to end reference"
    ),
    "bank_id": (
        "transaction id|transactionid|id|transactiereferentie|volgnr|fitid|reference number bank|buchungsreferenz|"
        "transaction reference|bank reference|unique id|transaction number|id transaction|id de transaccion"
    ),
    "reference": (
        "referenz|reference|ref|betalingskenmerk|kenmerk|numero de piece|check number|cheque number|cheque|referencia|"
        "numero|mandatsreferenz|payment reference|zahlungsreferenz|rif"
    ),
    "fee": ("fee|gebuhr|gebuhren|fees|frais|commission|kosten|comision|total fees"),
    "status": ("status|state|etat|estado|stato|buchungsstatus"),
    "kind": (
        "buchungstext|type|transaction type|umsatztyp|mutatiesoort|code|type operation|tipo|transaction code|vorgang|umsatzart"
    ),
    "text": (
        "verwendungszweck|description|libelle|omschrijving|omschrijving 1|omschrijving 2|concepto|descrizione|details|"
        "memo|remittance|purpose|mededelingen|mededeling|narrative|text|texte|particulars|causale|communication|notes|"
        "remarks|beschreibung|buchungsdetails|communications|avisierungstext|payment details|"
        "informations complementaires|observaciones|message|note|label|bemerkung|descripcion|descricao"
    ),
}
# What begins like one of these and is something else: of another bank, or a part of the amount.
_OTHER_BEGINNINGS = (
    "nombre del banco", "nome della banca", "nom de la banque", "name of bank", "name der bank", "importe de envio",
)  # fmt: skip
_ROLE_OF = {}
for _role, _told in _NAMES.items():
    for _name in _told.split("|"):
        _ROLE_OF.setdefault(_name, _role)
_FOLDED = str.maketrans("äöüáàâãéèêëíìîïóòôõúùûçñ", "aouaaaaeeeeiiiioooouuucn")
_CURRENCY = re.compile(r"\b([A-Z]{3})\b")
# What is no currency although it has three letters.
_NO_CURRENCIES = frozenset(("BIC", "REF", "VAL", "NUM", "SUM", "FEE", "DAT", "AND", "BLZ", "END"))


def folded(name):
    """``name`` in lower case, without accents and signs."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.casefold().replace("ß", "ss").translate(_FOLDED)).split())


def is_whole_name(name):
    """Whether a column is called so by the banks, and not only begins so."""
    return folded(name.split("#")[0]) in _ROLE_OF


def role_of(name):
    """The role of a column by its name; None if it is not known."""
    told = folded(name.split("#")[0])
    if told in _ROLE_OF:
        return _ROLE_OF[told]
    words = told.split()
    if told.startswith(_OTHER_BEGINNINGS):
        return None
    for size in range(len(words) - 1, 0, -1):
        beginning = " ".join(words[:size])
        if beginning in _ROLE_OF:
            return _ROLE_OF[beginning]
    return None


def currency_in(name):
    """The currency that the name of a column tells ("Betrag (EUR)", "Amount in €"), or ""."""
    for sign, code in (("€", "EUR"), ("£", "GBP")):
        if sign in name:
            return code
    found = [code for code in _CURRENCY.findall(name) if code not in _NO_CURRENCIES]
    return found[0] if found and name.upper() != name else (found[-1] if len(found) == 1 and len(name.split()) > 1 else "")
