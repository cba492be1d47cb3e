//! Different words visitors and site owners use for the same thing: what sites are asked about most. Words are
//! compared by their stems, so one form of each is enough.

use super::language::Language;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A synonym is not quite the word.
pub(super) const SYNONYM_QUALITY: f32 = 0.85;

const GROUPS: &[(Language, &[&[&str]])] = &[
    (
        Language::English,
        &[
            &[
                "deliver", "delivery", "ship", "shipping", "shipment", "dispatch",
            ],
            &[
                "cost",
                "price",
                "pricing",
                "charge",
                "fee",
                "expensive",
                "cheap",
            ],
            &["colour", "color"],
            &["licence", "license"],
            &["customise", "customize"],
            &["catalogue", "catalog"],
            &["centre", "center"],
            &["jewellery", "jewelry"],
            &["grey", "gray"],
            &["embed", "insert", "paste"],
            &["update", "upgrade"],
            &["identify", "identity", "identification"],
            &[
                "made",
                "make",
                "build",
                "built",
                "create",
                "develop",
                "developer",
            ],
            &["mobile", "smartphone"],
            &["privacy", "gdpr", "dsgvo"],
            &["free", "gratis", "complimentary"],
            &["buy", "order", "purchase"],
            &["pay", "payment", "paying"],
            &["subscription", "plan", "membership"],
            &["delete", "remove", "erase"],
            &["change", "edit", "modify", "adjust"],
            &["phone", "telephone", "call"],
            &["email", "mail"],
            &["picture", "photo", "image"],
            &["install", "installation", "setup"],
            &["begin", "start"],
            &["broken", "faulty", "defective", "damaged"],
            &["fix", "repair", "mend"],
            &["refund", "reimburse"],
            &["parcel", "package"],
            &["hours", "opening", "open"],
            &["login", "signin"],
            &[
                "authenticate",
                "authentication",
                "authorize",
                "authorization",
            ],
            &["limit", "maximum", "quota"],
            &["backup", "snapshot"],
            &["support", "supported", "compatible"],
            &["near", "location", "address", "located"],
            &["holiday", "vacation"],
            &["guarantee", "warranty"],
            &["laptop", "computer", "pc"],
            &["secure", "safe", "security"],
            &["staff", "team", "colleague"],
            &["down", "fail", "failure", "unavailable", "outage"],
        ],
    ),
    (
        Language::German,
        &[
            &["kosten", "kostet", "preis", "gebuhr", "preise"],
            &["geöffnet", "offen", "öffnungszeiten", "öffnen", "auf"],
            &[
                "lieferung",
                "liefern",
                "versand",
                "versenden",
                "verschicken",
                "zustellung",
            ],
            &["stornieren", "absagen", "kündigen"],
            &["zahlen", "bezahlen", "zahlung", "übernehmen"],
            &["parken", "parkplatz", "parkplätze"],
            &["kaufen", "bestellen", "bestellung"],
            &["anrufen", "telefon", "telefonisch", "telefonnummer"],
            &["löschen", "entfernen"],
            &["ändern", "bearbeiten"],
            &[
                "rückgabe",
                "zurückgeben",
                "zurückschicken",
                "retoure",
                "umtausch",
            ],
            &["garantie", "gewährleistung"],
            &["kostenlos", "gratis", "umsonst"],
            &["kaputt", "defekt", "beschädigt"],
            &["foto", "bild"],
        ],
    ),
    (
        Language::French,
        &[
            &["coûter", "coûte", "prix", "tarif", "tarifs"],
            &["ouvert", "ouverture", "horaire", "horaires", "heures"],
            &["livraison", "livrer", "expédition", "envoi"],
            &["payer", "paiement"],
            &["annuler", "annulation", "résilier"],
            &["retour", "renvoyer", "retourner"],
            &["gratuit", "gratuite", "gratuitement"],
            &["téléphone", "appeler"],
            &["supprimer", "effacer"],
            &["modifier", "changer"],
            &["acheter", "commander", "commande"],
            &["enfant", "enfants"],
        ],
    ),
    (
        Language::Spanish,
        &[
            &["costar", "cuesta", "precio", "precios", "tarifa", "coste"],
            &["abierto", "abren", "horario", "horarios"],
            &["envío", "enviar", "entrega"],
            &["pagar", "pago"],
            &["cancelar", "anular", "cancelación"],
            &["devolver", "devolución"],
            &["gratis", "gratuito", "gratuita"],
            &["teléfono", "llamar"],
            &["aparcar", "aparcamiento", "parking", "estacionar"],
            &["borrar", "eliminar"],
            &["cambiar", "modificar"],
            &["comprar", "pedir", "pedido"],
            &["mascota", "perro"],
        ],
    ),
];

type Table = HashMap<String, Vec<&'static str>>;

/// Per language: stem of a word to the other words of its groups.
static TABLES: LazyLock<HashMap<Language, Table>> = LazyLock::new(|| {
    GROUPS
        .iter()
        .map(|(language, groups)| (*language, table(*language, groups)))
        .collect()
});

fn table(language: Language, groups: &[&'static [&'static str]]) -> Table {
    let mut table = Table::new();
    for group in groups {
        for word in *group {
            let others = table.entry(language.stem(word)).or_default();
            others.extend(group.iter().filter(|other| *other != word));
        }
    }
    table
}

/// Other words for a word, in the languages given.
pub(super) fn of(word: &str, languages: &[Language]) -> Vec<&'static str> {
    let mut others = Vec::new();
    for language in languages {
        if let Some(found) = TABLES
            .get(language)
            .and_then(|table| table.get(&language.stem(word)))
        {
            others.extend(found);
        }
    }
    others
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::core::knowledge::language::Language;

    #[test]
    fn any_form_of_a_word_finds_the_others() {
        assert!(of("delivered", &[Language::English]).contains(&"shipping"));
        assert!(of("geöffnet", &[Language::German]).contains(&"öffnungszeiten"));
        assert!(of("delivered", &[Language::German]).is_empty());
        assert!(of("elephant", &[Language::English]).is_empty());
    }
}
