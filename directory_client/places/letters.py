"""The names of letters and numbers as a transcript of speech writes them, for postal codes said aloud."""

from __future__ import annotations

from directory_client.places.sound import sister_scripts
from directory_client.places.text import fold_character

_LETTERS = (
    "A ए एे ঐ এ எ ஏ اے эй ей a|B बी বি பி بی би bi be b|C सी সি சி سی си ci ce|E ई ই இ ஈ ای е i|G जी জি ஜி جی джи gi|"
    "H एच एइच এইচ எச் ஹெச் ایچ эйч ейч acca ha|J जे জে ஜே جے джей jot|K के কে கே کے کی кей ка kappa ka 케이|"
    "L एल এল எல் ایل эл эль ел elle el 엘|M एम এম எம் ایم эм ем emme em 엠|N एन এন என் این эн ен enne en 엔|"
    "P पी পি பீ پی пи pi pe 피|R आर আর ஆர் آر ар эр erre er|S एस এস எஸ் ایس эс ес esse es|T टी টি டி ٹی تی ти te ti|"
    "V वी ভি வி وی ви vi fau|W डब्ल्यू डब्लू ডব্লিউ டபிள்யூ ڈبلیو даблю дабл-ю|X एक्स এক্স எக்ஸ் ایکس икс ікс ics iks|"
    "Y वाई वाय ওয়াই ஒய் وائی уай вай ipsilon igrek|Z जेड ज़ेड জেড இசட் زیڈ зед зет zeta zet"
)
_NUMBERS = (
    "0 शून्य जीरो ज़ीरो শূন্য জিরো பூஜ்யம் ஜீரோ زیرو صفر صِفر ноль нуль zero 제로 영|"
    "1 एक वन এক ওয়ান ஒன்று ஒன் ایک ون یک один одна jeden 일 원|2 दो टू দুই টু இரண்டு டூ دو ٹو два dwa due 이 투|"
    "3 तीन थ्री তিন থ্রি மூன்று த்ரீ تین سه تھری три trzy tre 삼|4 चार फोर फ़ोर চার ফোর நான்கு ஃபோர் چار چهار فور "
    "четыре чотири cztery quattro 사|"
    "5 पांच पाँच फाइव পাঁচ ফাইভ ஐந்து ஃபைவ் پانچ پنج فائیو пять пʼять п'ять pięć cinque 오|"
    "6 छह छः छे छ सिक्स ছয় সিক্স ஆறு சிக்ஸ் چھ شش سکس шесть шість sześć sei 육|"
    "7 सात सेवन সাত সেভেন ஏழு செவன் سات هفت سیون семь сім siedem sette 칠|"
    "8 आठ एट আট এইট எட்டு எயிட் آٹھ هشت ایٹ восемь вісім osiem otto 팔|"
    "9 नौ नाइन নয় নাইন ஒன்பது நைன் نو نائن девять девʼять дев'ять dziewięć nove 구"
)
_GUJARATI_NUMBERS = "1 એક|2 બે|3 ત્રણ|5 પાંચ|6 છ|7 સાત|8 આઠ|9 નવ"
# Letter names that are also everyday words of their language: only a whole code of six is believed.
EVERYDAY = frozenset(
    ("के", "કે", "ਕੇ", "কে", "கே", "کے", "کی", "ka", "ка", "пи", "pe", "pi", "el", "en", "em", "این", "엔", "피")
)


def fold(word: str) -> str:
    return "".join(fold_character(character) for character in word)


def _table(*lists: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in lists:
        for group in line.split("|"):
            meaning, *words = group.split()
            for word in words:
                for written in (word, *sister_scripts(word)):
                    table.setdefault(fold(written), meaning)
    return table


LETTERS = _table(_LETTERS)
NUMBERS = _table(_NUMBERS, _GUJARATI_NUMBERS)
