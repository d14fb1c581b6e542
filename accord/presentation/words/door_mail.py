"""The words of mail with links and codes of the grantee's door, and of its warnings, in each language of mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from accord.presentation.words.mail import MailWords

GREETING: Final[Mapping[str, str]] = {"en": "Hello,", "es": "Hola:", "fr": "Bonjour,"}
"""To somebody whose name nobody told us: a colleague whom a grantee invited."""

LINK: Final[Mapping[str, str]] = {
    "en": "Do it here, without an account:\n\n{url}\n\nThe link is for you, and takes the place of any before it. It "
    "works until {until}. You can invite colleagues on its first page, so please do not pass it on.",
    "es": "Hágalo aquí, sin cuenta:\n\n{url}\n\nEl enlace es para usted y sustituye a los anteriores. Sirve hasta el "
    "{until}. En su primera página puede invitar a colegas: no lo reenvíe, por favor.",
    "fr": "Faites-le ici, sans compte :\n\n{url}\n\nCe lien est pour vous et remplace les précédents. Il est valable "
    "jusqu’au {until}. Sa première page permet d’inviter des collègues : ne le transférez pas, s’il vous plaît.",
}
"""What stands in a mail for which there is a form."""

LINK_OF_COLLEAGUE: Final[Mapping[str, str]] = {
    "en": "Open it here, without an account:\n\n{url}\n\nThe link is for you alone. It works until {until}.",
    "es": "Ábralo aquí, sin cuenta:\n\n{url}\n\nEl enlace es solo para usted. Sirve hasta el {until}.",
    "fr": "Ouvrez-le ici, sans compte :\n\n{url}\n\nCe lien n’est que pour vous. Il est valable jusqu’au {until}.",
}
"""The same to a colleague, who invites nobody."""

FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    "REPORT": {"en": "your report", "es": "su informe", "fr": "votre rapport"},
    "CHANGE": {
        "en": "your request for a change", "es": "su solicitud de cambio", "fr": "votre demande de modification"
    },
    "ACCEPTANCE": {"en": "the agreement", "es": "el acuerdo", "fr": "l’accord"},
    "PAPERS": {"en": "the papers", "es": "los documentos", "fr": "les pièces"},
    "QUESTION": {"en": "your answer", "es": "su respuesta", "fr": "votre réponse"},
    "WITHDRAWAL": {"en": "your withdrawal", "es": "su retirada", "fr": "votre retrait"},
    "WRONG_PERSON": {
        "en": "that you are not the right person", "es": "que usted no es la persona indicada",
        "fr": "que vous n’êtes pas la bonne personne",
    },
}  # fmt: skip
"""A form, or what was handed in, as its grantee calls it."""

CODE_FOR: Final[Mapping[str, Mapping[str, str]]] = {
    "SUBMIT": {"en": "to hand in {form}", "es": "para entregar {form}", "fr": "pour remettre {form}"},
    "OPEN": {
        "en": "to read what was handed in", "es": "para leer lo entregado", "fr": "pour lire ce qui a été remis"
    },
    "INVITE": {
        "en": "to invite a colleague", "es": "para invitar a una persona de su equipo", "fr": "pour inviter un collègue"
    },
}  # fmt: skip
"""What a code is for."""

MAILS: Final[Mapping[str, Mapping[str, MailWords]]] = {
    "GRANTEE_INVITED": {
        "en": MailWords("We ask you for {form} on {id}", "About “{title}” ({id}), we ask you for {form}.{note}"),
        "es": MailWords("Le pedimos {form}: {id}", "Sobre «{title}» ({id}), le pedimos {form}.{note}"),
        "fr": MailWords(
            "Nous vous demandons {form} : {id}",
            "Pour « {title} » ({id}), nous vous demandons {form}.{note}",
        ),
    },
    "INVITED_TO_CHANGE": {
        "en": MailWords(
            "You can ask for a change of {id}",
            "For “{title}” ({id}), you can ask for a change of the budget or the period.{note}",
        ),
        "es": MailWords(
            "Puede pedir un cambio de {id}",
            "En «{title}» ({id}), puede pedir un cambio del presupuesto o del plazo.{note}",
        ),
        "fr": MailWords(
            "Vous pouvez demander une modification de {id}",
            "Pour « {title} » ({id}), vous pouvez demander une modification du budget ou de la période.{note}",
        ),
    },
    "INVITED_TO_QUESTION": {
        "en": MailWords("A question about {id}", "We have a question about “{title}” ({id}).{note}"),
        "es": MailWords("Una pregunta sobre {id}", "Tenemos una pregunta sobre «{title}» ({id}).{note}"),
        "fr": MailWords("Une question sur {id}", "Nous avons une question sur « {title} » ({id}).{note}"),
    },
    "AGREEMENT_BY_LINK": {
        "en": MailWords(
            "{id} is approved: please accept the agreement",
            "“{title}” ({id}) is approved. Next is the agreement: please read it, and accept it if it is right.",
        ),
        "es": MailWords(
            "{id} está aprobado: acepte el acuerdo, por favor",
            "«{title}» ({id}) está aprobado. Sigue el acuerdo: léalo, por favor, y acéptelo si es correcto.",
        ),
        "fr": MailWords(
            "{id} est approuvé : veuillez accepter l’accord",
            "« {title} » ({id}) est approuvé. Vient ensuite l’accord : veuillez le lire, et l’accepter s’il est juste.",
        ),
    },
    "SUBMISSION_RETURNED": {
        "en": MailWords(
            "A question about what you handed in: {id}",
            "We looked at what you handed in for “{title}” ({id}), and it comes back to you. All that you wrote is "
            "still there: change what is asked, and hand it in again.\n\n{reason}{questions}",
        ),
        "es": MailWords(
            "Una pregunta sobre lo que entregó: {id}",
            "Hemos visto lo que entregó en «{title}» ({id}) y se lo devolvemos. Todo lo que escribió sigue ahí: cambie "
            "lo que se pide y entréguelo de nuevo.\n\n{reason}{questions}",
        ),
        "fr": MailWords(
            "Une question sur ce que vous avez remis : {id}",
            "Nous avons lu ce que vous avez remis pour « {title} » ({id}), et nous vous le rendons. Tout ce que vous "
            "avez écrit est encore là : changez ce qui est demandé, et remettez-le.\n\n{reason}{questions}",
        ),
    },
    "CONTACT_CHANGED": {
        "en": MailWords(
            "You are no longer a contact for {id}",
            "In our records, your address is no longer one of the contacts for “{title}” ({id}). It gets no more "
            "links, "
            "and those that it got open nothing. If you did not expect this, tell us at once: call us on a number that "
            "you know from before, or answer to this mail.",
        ),
        "es": MailWords(
            "Usted ya no es contacto de {id}",
            "En nuestros registros, su dirección ya no figura entre los contactos de «{title}» ({id}). No recibirá más "
            "enlaces, y los anteriores ya no abren nada. Si no lo esperaba, avísenos enseguida: llame a un número "
            "que ya "
            "conocía, o responda a este correo.",
        ),
        "fr": MailWords(
            "Vous n’êtes plus un contact pour {id}",
            "Dans nos dossiers, votre adresse n’est plus parmi les contacts de « {title} » ({id}). Elle ne reçoit "
            "plus de "
            "lien, et ceux d’avant n’ouvrent plus rien. Si cela vous surprend, dites-le-nous tout de suite : appelez "
            "un "
            "numéro que vous connaissiez déjà, ou répondez à ce courriel.",
        ),
    },
    "ACCOUNT_RECORDED": {
        "en": MailWords(
            "A bank account was recorded for {partner}",
            "On {day}, somebody here recorded a bank account for {partner}, to which we pay for “{title}” ({id}). "
            "Nothing "
            "is paid to it before we have called you on a number that we know from before. If none of you asked for "
            "another account, tell us at once: call us on a number that you know from before, or answer to this mail.",
        ),
        "es": MailWords(
            "Se registró una cuenta bancaria de {partner}",
            "El {day} se registró aquí una cuenta bancaria de {partner}, a quien pagamos por «{title}» ({id}). No se "
            "paga "
            "nada en ella antes de que les llamemos a un número que ya conocemos. Si nadie de ustedes pidió otra "
            "cuenta, "
            "avísenos enseguida: llame a un número que ya conocía, o responda a este correo.",
        ),
        "fr": MailWords(
            "Un compte bancaire a été enregistré pour {partner}",
            "Le {day}, un compte bancaire a été enregistré chez nous pour {partner}, que nous payons pour « {title} » "
            "({id}). Rien n’y est payé avant que nous vous ayons appelés à un numéro que nous connaissons déjà. Si "
            "personne chez vous n’a demandé un autre compte, dites-le-nous tout de suite : appelez un numéro que vous "
            "connaissiez déjà, ou répondez à ce courriel.",
        ),
    },
    "DOOR_LINK": {
        "en": MailWords("Your link: {form}, {id}", "Here is your link for “{title}” ({id}): {form}."),
        "es": MailWords("Su enlace: {form}, {id}", "Este es su enlace para «{title}» ({id}): {form}."),
        "fr": MailWords("Votre lien : {form}, {id}", "Voici votre lien pour « {title} » ({id}) : {form}."),
    },
    "DOOR_COLLEAGUE": {
        "en": MailWords(
            "A colleague asks for your help: {id}",
            "Somebody of {partner} invites you to “{title}” ({id}). You can {may} with this link; they hand it in.",
        ),
        "es": MailWords(
            "Le piden ayuda: {id}",
            "Alguien de {partner} le invita a «{title}» ({id}). Con este enlace puede {may}; esa persona lo entrega.",
        ),
        "fr": MailWords(
            "On vous demande de l’aide : {id}",
            "Une personne de {partner} vous invite à « {title} » ({id}). Avec ce lien, vous pouvez {may} ; c’est "
            "elle qui "
            "le remet.",
        ),
    },
    "DOOR_CODE": {
        "en": MailWords(
            "Your code: {code}",
            "{code}\n\nThis is your code {purpose}, for “{title}” ({id}). It works once, until {time} UTC. If you "
            "asked "
            "for none, somebody has your link: open it and choose “This was not me”. Nobody here ever asks for this "
            "code.",
        ),
        "es": MailWords(
            "Su código: {code}",
            "{code}\n\nEste es su código {purpose}, en «{title}» ({id}). Sirve una vez, hasta las {time} UTC. Si no lo "
            "pidió, alguien tiene su enlace: ábralo y elija «No fui yo». Aquí nadie pide nunca este código.",
        ),
        "fr": MailWords(
            "Votre code : {code}",
            "{code}\n\nVoici votre code {purpose}, pour « {title} » ({id}). Il sert une fois, jusqu’à {time} UTC. Si "
            "vous "
            "n’en avez pas demandé, quelqu’un a votre lien : ouvrez-le et choisissez « Ce n’était pas moi ». "
            "Personne chez "
            "nous ne demande jamais ce code.",
        ),
    },
    "DOOR_CODE_WAITS": {
        "en": MailWords(
            "No code yet for {id}",
            "You asked for a code {purpose}, for “{title}” ({id}). Your address is new in our records, and for the "
            "first "
            "ten days we send it none: from {day} on you can ask for one. What you wrote is saved. If it cannot wait, "
            "answer to this mail.",
        ),
        "es": MailWords(
            "Todavía no hay código para {id}",
            "Pidió un código {purpose}, en «{title}» ({id}). Su dirección es nueva en nuestros registros, y durante "
            "los "
            "diez primeros días no le enviamos ninguno: podrá pedirlo desde el {day}. Lo que escribió está guardado. "
            "Si no "
            "puede esperar, responda a este correo.",
        ),
        "fr": MailWords(
            "Pas encore de code pour {id}",
            "Vous avez demandé un code {purpose}, pour « {title} » ({id}). Votre adresse est nouvelle dans nos "
            "dossiers, et "
            "pendant les dix premiers jours nous ne lui en envoyons pas : vous pourrez en demander un à partir du "
            "{day}. Ce "
            "que vous avez écrit est enregistré. Si cela ne peut pas attendre, répondez à ce courriel.",
        ),
    },
    "DOOR_BROWSER": {
        "en": MailWords(
            "Your link was opened in another browser: {id}",
            "Your link for “{title}” ({id}) was opened in another browser. If that was you, or somebody to whom you "
            "gave "
            "it, all is well. If not, open the link and choose “This was not me”: then it opens nothing any more.",
        ),
        "es": MailWords(
            "Su enlace se abrió en otro navegador: {id}",
            "Su enlace para «{title}» ({id}) se abrió en otro navegador. Si fue usted, o alguien a quien se lo dio, "
            "todo "
            "está bien. Si no, abra el enlace y elija «No fui yo»: entonces ya no abre nada.",
        ),
        "fr": MailWords(
            "Votre lien a été ouvert dans un autre navigateur : {id}",
            "Votre lien pour « {title} » ({id}) a été ouvert dans un autre navigateur. Si c’était vous, ou quelqu’un "
            "à qui "
            "vous l’avez donné, tout va bien. Sinon, ouvrez le lien et choisissez « Ce n’était pas moi » : il "
            "n’ouvre alors "
            "plus rien.",
        ),
    },
    "DOOR_HANDED_IN": {
        "en": MailWords(
            "We have {form}: {id}",
            "For “{title}” ({id}), we have {form}, handed in on {day} at {time} UTC. That is the time that counts, "
            "however "
            "long we take to look at it.\n\nIts digest (SHA-256), by which you can prove what you handed in and when:\n"
            "{digest}\n\nIf that was not you, answer to this mail at once.",
        ),
        "es": MailWords(
            "Tenemos {form}: {id}",
            "En «{title}» ({id}) tenemos {form}, con fecha del {day} a las {time} UTC. Esa hora es la que cuenta, "
            "tardemos "
            "lo que tardemos en verlo.\n\nSu huella (SHA-256), con la que puede probar qué entregó y "
            "cuándo:\n{digest}\n\n"
            "Si no fue usted, responda a este correo enseguida.",
        ),
        "fr": MailWords(
            "Nous avons {form} : {id}",
            "Pour « {title} » ({id}), nous avons {form}, en date du {day} à {time} UTC. C’est cette heure qui "
            "compte, quel "
            "que soit le temps que nous mettons à le lire.\n\nSon empreinte (SHA-256), qui prouve ce que vous avez "
            "remis et "
            "quand :\n{digest}\n\nSi ce n’était pas vous, répondez tout de suite à ce courriel.",
        ),
    },
}  # fmt: skip
"""By the kind of a mail, or by what it says in a case of its own, and the language."""

MAY: Final[Mapping[str, Mapping[str, str]]] = {
    "READ": {"en": "read it", "es": "leerlo", "fr": "le lire"},
    "FILL": {"en": "read it and fill it in", "es": "leerlo y rellenarlo", "fr": "le lire et le remplir"},
}
"""What a colleague's link lets them do."""

MUST_BE_OURS: Final[Mapping[str, str]] = {
    "en": "Another funder's report can no longer stand for this one: by law (26 CFR 53.4945-5(c)) you report on this "
    "grant to us. Please answer the questions here.",
    "es": "El informe a otro financiador ya no puede valer por este: por ley (26 CFR 53.4945-5(c)) ustedes nos "
    "informan a nosotros de esta subvención. Conteste, por favor, las preguntas de aquí.",
    "fr": "Le rapport fait à un autre bailleur ne peut plus tenir lieu de celui-ci : selon la loi (26 CFR "
    "53.4945-5(c)), vous nous rendez compte de cette subvention. Merci de répondre aux questions ci-après.",
}
"""By language: the words on a light way that the law closed since the invitation."""
