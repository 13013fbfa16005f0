"""What portals say after a code, in the languages that they speak: read by the shipped scripts in a real page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

CONTENT = Path(__file__).resolve().parents[2] / "extension" / "content"
ONLY_PARTS = "main.js"
"""Everything but the script that talks to the browser's extension interface."""

REFUSED = {
    "en": ["Invalid code", "The code you entered is incorrect. Please try again.", "That code has expired.", "Wrong verification code", "Authentication code does not match"],
    "de": ["Ungültiger Code", "Der eingegebene Code ist falsch.", "Der Code ist abgelaufen.", "Der Code ist nicht korrekt"],
    "fr": ["Code invalide", "Le code saisi est incorrect.", "Le code a expiré.", "Code de vérification erroné"],
    "es": ["Código no válido", "El código introducido es incorrecto.", "El código ha caducado.", "Código inválido"],
    "it": ["Codice non valido", "Il codice inserito non è corretto.", "Il codice è scaduto.", "Codice errato"],
    "nl": ["Ongeldige code", "De ingevoerde code is onjuist.", "De code is verlopen.", "De code klopt niet."],
    "pl": ["Nieprawidłowy kod", "Wprowadzony kod jest błędny.", "Kod wygasł.", "Niepoprawny kod"],
    "pt": ["Código inválido", "O código inserido está incorreto.", "O código expirou.", "Código errado"],
    "cs": ["Neplatný kód", "Zadaný kód je nesprávný.", "Platnost kódu vypršela.", "Chybný kód"],
    "sv": ["Ogiltig kod", "Koden du angav är felaktig.", "Koden har gått ut.", "Fel kod"],
    "da": ["Ugyldig kode", "Den indtastede kode er forkert.", "Koden er udløbet."],
    "fi": ["Virheellinen koodi", "Antamasi koodi on väärä.", "Koodi on vanhentunut."],
    "tr": ["Geçersiz kod", "Girdiğiniz kod yanlış.", "Kodun süresi doldu.", "Hatalı kod"],
    "ru": ["Неверный код", "Введён неправильный код.", "Срок действия кода истёк.", "Код недействителен"],
    "uk": ["Невірний код", "Введено неправильний код.", "Термін дії коду закінчився.", "Код недійсний"],
    "ja": ["コードが無効です", "入力されたコードが正しくありません。", "コードの有効期限が切れています。", "認証コードが間違っています"],
    "zh": ["验证码错误", "您输入的验证码不正确。", "验证码已过期。", "驗證碼無效"],
    "ko": ["잘못된 코드입니다", "입력한 코드가 올바르지 않습니다.", "코드가 만료되었습니다.", "인증번호가 일치하지 않습니다"],
}  # fmt: skip
LOCKED = {
    "en": ["Too many failed attempts. Try again later.", "Your account has been locked."],
    "de": ["Zu viele Fehlversuche. Versuchen Sie es später erneut.", "Ihr Konto wurde gesperrt."],
    "fr": ["Trop de tentatives. Réessayez plus tard.", "Votre compte a été bloqué."],
    "es": ["Demasiados intentos fallidos. Inténtelo más tarde.", "Su cuenta ha sido bloqueada."],
    "it": ["Troppi tentativi falliti. Riprova più tardi.", "Il tuo account è stato bloccato."],
    "nl": ["Te veel mislukte pogingen. Probeer het later opnieuw.", "Uw account is geblokkeerd."],
    "pl": ["Zbyt wiele nieudanych prób. Spróbuj ponownie później.", "Twoje konto zostało zablokowane."],
    "pt": ["Demasiadas tentativas falhadas. Tente mais tarde.", "A sua conta foi bloqueada."],
    "cs": ["Příliš mnoho neúspěšných pokusů. Zkuste to později.", "Váš účet byl zablokován."],
    "sv": ["För många misslyckade försök. Försök igen senare.", "Ditt konto har spärrats."],
    "da": ["For mange mislykkede forsøg. Prøv igen senere.", "Din konto er blevet låst."],
    "fi": ["Liian monta epäonnistunutta yritystä. Yritä myöhemmin uudelleen.", "Tilisi on lukittu."],
    "tr": ["Çok fazla başarısız deneme. Daha sonra tekrar deneyin.", "Hesabınız kilitlendi."],
    "ru": ["Слишком много неудачных попыток. Повторите попытку позже.", "Ваша учётная запись заблокирована."],
    "uk": ["Забагато невдалих спроб. Спробуйте пізніше.", "Ваш обліковий запис заблоковано."],
    "ja": ["試行回数が多すぎます。後でもう一度お試しください。", "アカウントがロックされました。"],
    "zh": ["尝试次数过多，请稍后再试。", "您的账户已被锁定。"],
    "ko": ["시도 횟수가 너무 많습니다. 나중에 다시 시도하세요.", "계정이 잠겼습니다."],
}  # fmt: skip
NEITHER = {
    "en": ["Enter the 6-digit code from your app.", "Code sent.", "Signing you in…", "Codes expire after 30 seconds."],
    "de": ["Geben Sie den sechsstelligen Code ein.", "Anmeldung läuft …", "Erfolgreich angemeldet."],
    "fr": ["Saisissez le code à 6 chiffres.", "Connexion en cours…"],
    "es": ["Introduzca el código de 6 dígitos.", "Iniciando sesión…"],
    "it": ["Inserisci il codice a 6 cifre.", "Accesso in corso…"],
    "nl": ["Voer de 6-cijferige code in.", "Bezig met aanmelden…"],
    "pl": ["Wprowadź 6-cyfrowy kod.", "Trwa logowanie…"],
    "ru": ["Введите шестизначный код.", "Выполняется вход…"],
    "ja": ["6桁のコードを入力してください。", "サインインしています…"],
    "zh": ["请输入6位验证码。", "正在登录…"],
}  # fmt: skip
CASES = [
    (language, kind, text)
    for kind, texts in (("refused", REFUSED), ("locked", LOCKED), (None, NEITHER))
    for language, sentences in texts.items()
    for text in sentences
]


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
    )
    page = browser.new_page()
    page.set_content("<form><label>Code <input id=c></label><p id=said role=alert></p></form>")
    for name in json.loads((CONTENT / "files.json").read_text("utf-8")):
        if not name.endswith(ONLY_PARTS):
            page.add_script_tag(path=CONTENT.parent / name)
    yield page
    browser.close()


@pytest.mark.parametrize(
    ("language", "kind", "text"), CASES, ids=[f"{c[0]}-{c[1]}-{n}" for n, c in enumerate(CASES)]
)
def test_what_a_portal_says_is_understood(page: Page, language: str, kind: str | None, text: str) -> None:
    """In a live region that was empty when the code was filled."""
    read = page.evaluate(
        """text => {
          said.textContent = ""; auto2fa.outcome.mark(document.forms[0]); said.textContent = text;
          return auto2fa.outcome.read({prompt: true, password: false, block: null}).error;
        }""",
        text,
    )
    assert read == kind, f"{language}: {text}"
