"""The reason codes of banks: below the action that each leads to, one a line, with what it says in words.

Sources: ISO 20022 external code sets (status and return reasons), EPC guidance on reason codes, NACHA operating rules
(return reasons and change codes), Bacs messaging (ARUDD, ARUCS, ADDACS and AUDDIS).
"""

ISO = """
correct_account:
    AC01 the account number is wrong
    AC02 the account of the debtor is wrong
    AC03 the account of the payee is wrong
    AC04 the account is closed
    AC05 the account of the debtor is closed
    AC06 the account is blocked
    AC07 the account of the payee is closed
    AC14 the kind of account of the payee is not allowed
    AGNT a bank on the way is wrong
    BE01 name and account do not belong together
    BE06 the payee is not known at this account
    CNOR the payee's bank is not registered in this clearing
    DNOR the debtor's bank is not registered in this clearing
    RC01 the number of the bank is wrong
    RC03 the number of the debtor's bank is wrong
    RC04 the number of the payee's bank is wrong
    RC07 the BIC of the payee's bank is wrong
    RC11 the intermediary bank is wrong
ask_payee:
    AC13 the account is of a consumer and the scheme is for companies
    AG01 the account takes no such payments
    AG07 the account of the debtor cannot be debited
    ARDT it was returned already
    BE05 the debtor does not know this creditor
    CUST the customer asked for it
    FOCR it was returned after a recall
    LEGL the law does not allow to return it
    MD06 the debtor wants the money back
    MD07 the account holder is dead
    MS02 the customer refused without saying why
    NOAS the payee did not answer the recall
    NOOR the payee did not get the original payment
    PY01 the bank is not reached by this scheme
    SL01 the bank refuses by a service agreed with its customer
    SL11 the creditor is not on the list of those that the debtor allows
    SL12 the creditor is on the list of those that the debtor refuses
    SL13 the number of collections that the debtor allows is reached
    SL14 the amount is above what the debtor allows
    UPAY the payment was not due
new_mandate:
    MD01 there is no valid mandate
correct_mandate:
    MD02 what the file tells of the mandate is missing or differs
correct_order:
    AC11 the currency of the payee's account is not valid
    AG02 the kind of payment is wrong
    AG03 this kind of payment is not supported
    AM01 the amount is zero
    AM02 the amount is not allowed
    AM03 the currency is not allowed
    AM06 the amount is too small
    AM09 the amount is not as agreed
    AM10 the sum of the file is wrong
    AM11 the currency is not valid
    AM12 the amount is not valid
    AM13 the amount is above the limit of the clearing
    AM14 the amount is above the limit agreed with the bank
    AM18 the number of payments in the file is wrong
    BE04 the address of the payee is missing or wrong
    BE07 the address of the debtor is missing or wrong
    BE08 the name of the debtor is missing or wrong
    BE09 the country is wrong
    BE15 an identification code is missing or wrong
    BE16 the identification of the debtor is wrong
    BE17 the identification of the payee is wrong
    BE21 the name is missing
    BE22 the name of the payee is missing
    CH03 the day is too far in the future
    CH04 the day is too far in the past
    CH11 the identification of the creditor is wrong
    CH16 the content of an element is wrong
    CH17 an element is not allowed
    CH20 the number of decimals does not fit the currency
    CH21 an element is missing
    CURR the currency of the payment is wrong
    DS04 the bank refused the order for what it says
    DS0A a signature is still needed
    DS0H the signer may not sign for this account
    DT01 the day is wrong
    ED01 the bank that was named cannot act as correspondent
    FF01 the file breaks its format
    FF03 the payment type is not valid
    FF05 the local instrument is not valid
    FF06 the category purpose is not valid
    FF07 the purpose is not valid
    MD03 the file breaks its format
    MD05 the collection is not due
    RR01 account or identification of the debtor is missing, as the law asks for
    RR02 name or address of the debtor is missing, as the law asks for
    RR03 name or address of the payee is missing, as the law asks for
    RR10 a character is not in the set that is allowed
add_funds:
    AM04 there is not enough money on the account
    AM07 the money on the account is blocked
retry_later:
    AB01 the clearing was stopped for want of time
    AB02 the clearing was stopped by an error
    AB03 the settlement was stopped for want of time
    AB04 the settlement was stopped by an error
    AB05 the payee's bank did not answer in time
    AB06 a bank on the way did not answer in time
    AB07 a bank on the way is not reached
    AB08 the payee's bank is not reached
    AB09 there was an error at the payee's bank
    AB10 there was an error at a bank on the way
    ED05 the settlement failed
    FF10 there was an error in the bank's system
    TECH there was a technical problem
    TM01 it came after the cut-off time
find_first:
    AM05 it is there already (duplicate)
    DU01 the message id is there already
    DU02 the batch id is there already
    DU03 the transaction is there already
    DU04 the end-to-end id is there already
    DU05 the instruction id is there already
    DUPL it is there already (duplicate)
    RF01 the reference is there already
compliance:
    AC16 the account is under sequestration
    FR01 it is stopped on suspicion of fraud
    FRAD it was recalled on suspicion of fraud
    NOCM the account does not meet what the authorities ask for
    RR04 it is stopped by a rule of the authorities
    RR05 what was told to the authorities is missing or wrong
    RR06 what was told about taxes is missing or wrong
confirm_payee:
    RVMC name and account nearly match
    RVNA name and account could not be compared
    RVNM name and account do not match
nothing:
    DS02 an authorised user cancelled it
    DT06 the bank changed the day
ask_bank:
    AM23 the amount is above the limit of the settlement
    DS28 it was returned for a technical reason
    ED03 the balance is asked for
    ERIN the code of a reason is not supported
    ID01 the original file was not sent
    MS03 the bank refused without saying why
    NARR the reason is in the text
    SVNR the service was not given
"""

NACHA = """
add_funds:
    R01 there is not enough money on the account
    R09 the money on the account is not yet free
correct_account:
    R02 the account is closed
    R03 there is no such account, or it is of another name
    R04 the account number cannot be one
    R12 the branch was sold to another bank
    R13 the routing number is of no bank that takes entries
    R20 the account takes no such entries
    R28 the check digit of the routing number is wrong
    R34 the participation of the receiving bank is limited
new_mandate:
    R05 a consumer did not authorise the corporate debit
    R07 the customer revoked the authorisation
    R08 the customer stopped the payment
    R10 the customer does not know the originator, or did not authorise it
    R29 the company did not authorise it
ask_payee:
    R06 our bank asked for it back
    R11 it is not as the customer authorised it
    R14 the one who is paid for, or the account holder, is dead
    R15 the beneficiary or account holder is dead
    R23 the receiver refused the credit
    R31 the receiving bank may return it by agreement
    R33 the receiving bank refused the entry
correct_order:
    R17 the receiving bank could not process it, or finds it questionable
    R18 the effective date is not right
    R19 the amount is wrong
    R21 the company identification is wrong
    R22 the individual identification is wrong
    R25 the addenda are wrong
    R26 a mandatory field is wrong
    R27 the trace number is wrong
    R35 a debit is not allowed here
    R36 a credit is not allowed here
    R80 the international entry breaks its rules
find_first:
    R24 it is there already (duplicate)
    R67 the return is there already
compliance:
    R16 the account is frozen, or the authorities stopped it
ask_bank:
    R30 the receiving bank takes no part in this kind of entry
    R32 the receiving bank does not settle
    R61 the return went to the wrong bank
    R68 the return came too late
    R69 fields of the return are wrong
    R70 the return was not permitted
    R81 the receiving bank takes no international entries
    R82 the foreign receiving bank is wrong
    R83 the foreign bank could not settle
    R84 the gateway did not process it
    R85 the entry is international and not marked so
"""

# Notifications of change: the payment was made all the same.
CHANGES = """
correct_account:
    C01 the account number is wrong
    C02 the routing number is wrong
    C03 routing number and account number are wrong
    C05 the kind of account is wrong
    C06 account number and kind of account are wrong
    C07 routing number, account number and kind of account are wrong
    C08 the foreign receiving bank is wrong
correct_order:
    C04 the name is wrong
    C09 the individual identification is wrong
    C13 the format of the addenda is wrong
    C14 the class of an international entry is wrong
"""

ARUDD = """
add_funds:
    0 the bank refers to the payer, mostly for want of money
new_mandate:
    1 the instruction is cancelled
    2 the payer is dead
    6 there is no instruction
    B the account is closed
correct_account:
    3 the account was transferred
    5 there is no such account
ask_payee:
    4 the advance notice is disputed
    7 the amount differs from the notice
    8 the amount is not yet due
    9 it was presented too late
    A the service user differs
"""

ARUCS = """
correct_account:
    0 the details of the account are wrong
    3 the account was transferred
    5 there is no such account
    B the account is closed
ask_payee:
    2 the beneficiary is dead
    C the remitter asked for it
"""

ADDACS = """
new_mandate:
    0 the instruction was cancelled by the paying bank; refer to the payer
    1 the instruction was cancelled by the payer
    2 the payer is dead
    B the account is closed
    H the instruction is expired
    K the instruction was cancelled by the paying bank
correct_mandate:
    3 the account was transferred to another bank
    C the account was transferred to another branch
    E the instruction was amended
    R the instruction is in force again
    I the reference of the payer is not unique
    O the reference is wrong
    L the details of the payer's account are wrong
ask_payee:
    D the advance notice is disputed
correct_account:
    5 there is no such account
    F the kind of account takes no direct debits
    G the bank takes no direct debits on this account
    N direct debits are not allowed at the payer's branch
correct_order:
    M the transaction code does not fit the service user
"""
