//! The owner's colours made readable. Text never falls below the contrast of WCAG 2.2 AA, whatever was configured.

use shared::widget::WidgetStyle;

const TEXT_CONTRAST: f32 = 4.5;
/// Where white is at least this readable, the owner means white; the colour is deepened until it is enough.
const WHITE_INTENDED: f32 = 2.6;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Color {
    red: f32,
    green: f32,
    blue: f32,
}

const WHITE: Color = Color {
    red: 1.0,
    green: 1.0,
    blue: 1.0,
};
const BLACK: Color = Color {
    red: 0.0,
    green: 0.0,
    blue: 0.0,
};
const INK: Color = Color {
    red: 0.086,
    green: 0.086,
    blue: 0.118,
};
const NIGHT: Color = Color {
    red: 0.09,
    green: 0.094,
    blue: 0.118,
};
const PAPER: Color = Color {
    red: 0.925,
    green: 0.929,
    blue: 0.945,
};

impl Color {
    /// `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|hex| hex.is_ascii())?;
        let channel = |at: usize| {
            let digits = match hex.len() {
                3 => hex.get(at..=at)?.repeat(2),
                6 => hex.get(2 * at..2 * at + 2)?.to_owned(),
                _ => return None,
            };
            u8::from_str_radix(&digits, 16)
                .ok()
                .map(|value| f32::from(value) / 255.0)
        };
        Some(Self {
            red: channel(0)?,
            green: channel(1)?,
            blue: channel(2)?,
        })
    }

    pub fn to_css(self) -> String {
        let byte = |channel: f32| (channel.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        format!(
            "#{:02x}{:02x}{:02x}",
            byte(self.red),
            byte(self.green),
            byte(self.blue)
        )
    }

    /// This colour with a share of another.
    pub fn mix(self, other: Self, share: f32) -> Self {
        let channel = |from: f32, to: f32| from + (to - from) * share;
        Self {
            red: channel(self.red, other.red),
            green: channel(self.green, other.green),
            blue: channel(self.blue, other.blue),
        }
    }

    /// Relative luminance. The cubic follows the sRGB curve to a thousandth, without pulling in a power function.
    fn luminance(self) -> f32 {
        let linear = |c: f32| c * (c * (c * 0.305_306 + 0.682_171_1) + 0.012_522_9);
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    pub fn contrast(self, other: Self) -> f32 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn is_dark(self) -> bool {
        self.contrast(WHITE) > self.contrast(BLACK)
    }

    /// Moves towards another colour until it can be read on a ground.
    fn readable_on(self, ground: Self, towards: Self, wanted: f32) -> Self {
        (0..=20)
            .map(|step| self.mix(towards, step as f32 / 20.0))
            .find(|color| color.contrast(ground) >= wanted)
            .unwrap_or(towards)
    }
}

/// A ground and the colour of the text on it.
fn filled(color: Color) -> (Color, Color) {
    if WHITE.contrast(color) >= WHITE_INTENDED {
        (color.readable_on(WHITE, BLACK, TEXT_CONTRAST + 0.05), WHITE)
    } else {
        (color, INK)
    }
}

/// Values for the custom properties of the style sheet, and whether the panel is dark.
pub struct Palette {
    pub is_dark: bool,
    pub properties: Vec<(&'static str, Color)>,
}

pub fn palette(style: &WidgetStyle, wants_dark: bool) -> Palette {
    let primary = Color::parse(&style.primary_color).unwrap_or(INK);
    let button = Color::parse(&style.button_color).unwrap_or(primary);
    let configured = Color::parse(&style.bg_color).unwrap_or(WHITE);
    let surface = if wants_dark && !configured.is_dark() {
        NIGHT
    } else {
        configured
    };
    let is_dark = surface.is_dark();
    let strongest = if is_dark { PAPER } else { INK };
    let extreme = if is_dark { WHITE } else { BLACK };
    let text = Color::parse(&style.font_color)
        .filter(|color| color.contrast(surface) >= 7.0)
        .unwrap_or_else(|| strongest.readable_on(surface, extreme, 7.0));
    let sunken = surface.mix(text, if is_dark { 0.09 } else { 0.05 });
    // On a middling ground there is no contrast to give away: the other shade goes away from the text.
    let sunken = if text.contrast(sunken) < 5.0 {
        surface.mix(if is_dark { BLACK } else { WHITE }, 0.1)
    } else {
        sunken
    };
    let wanted = TEXT_CONTRAST + 0.05;
    let legible = |color: Color| {
        color
            .readable_on(sunken, text, wanted)
            .readable_on(surface, text, wanted)
    };
    let (accent, on_accent) = filled(primary);
    let (action, on_action) = filled(button);
    let glow = style
        .glow_color
        .as_deref()
        .and_then(Color::parse)
        .unwrap_or(primary);
    let danger = Color {
        red: 0.78,
        green: 0.15,
        blue: 0.2,
    };
    let properties = vec![
        ("--surface", surface),
        ("--sunken", sunken),
        (
            "--raised",
            if is_dark {
                surface.mix(WHITE, 0.06)
            } else {
                surface.mix(WHITE, 0.6)
            },
        ),
        (
            "--line",
            surface.mix(text, if is_dark { 0.16 } else { 0.11 }),
        ),
        (
            "--edge",
            surface.mix(text, 0.2).readable_on(surface, text, 3.05),
        ),
        ("--text", text),
        ("--muted", legible(surface.mix(text, 0.6))),
        ("--accent", accent),
        ("--accent-deep", accent.mix(BLACK, 0.16)),
        ("--on-accent", on_accent),
        ("--accent-text", legible(primary)),
        (
            "--accent-tint",
            surface.mix(primary, if is_dark { 0.22 } else { 0.09 }),
        ),
        ("--action", action),
        ("--on-action", on_action),
        ("--focus", primary.readable_on(surface, text, 3.05)),
        ("--glow", glow),
        ("--danger", legible(danger)),
    ];
    Palette {
        is_dark,
        properties,
    }
}

#[cfg(test)]
mod tests {
    use super::{Color, Palette, palette};
    use shared::widget::WidgetStyle;

    fn style(primary: &str, background: &str, font: &str) -> WidgetStyle {
        WidgetStyle {
            primary_color: primary.into(),
            bg_color: background.into(),
            font_color: font.into(),
            button_color: primary.into(),
            glow_color: None,
            position: "bottom-right".into(),
            corner_style: "rounded".into(),
            drop_shadow: "soft".into(),
            glow_size: "none".into(),
            glow_strength: "none".into(),
            theme: "auto".into(),
        }
    }

    fn color(palette: &Palette, name: &str) -> Color {
        palette
            .properties
            .iter()
            .find(|(property, _)| *property == name)
            .expect("a property")
            .1
    }

    #[test]
    fn colors_are_read_and_written() {
        assert_eq!(
            Color::parse("#4338ca").map(Color::to_css).as_deref(),
            Some("#4338ca")
        );
        assert_eq!(
            Color::parse("#0af").map(Color::to_css).as_deref(),
            Some("#00aaff")
        );
        for text in ["", "#", "4338ca", "#12345", "#ggg", "#äää", "red;}"] {
            assert_eq!(Color::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn contrast_follows_the_guidelines() {
        let contrast = |a, b| {
            Color::parse(a)
                .expect("a")
                .contrast(Color::parse(b).expect("b"))
        };
        assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 0.1);
        assert!((contrast("#ffffff", "#767676") - 4.54).abs() < 0.06);
        assert!((contrast("#4338ca", "#ffffff") - 7.9).abs() < 0.15);
    }

    #[test]
    fn every_text_is_readable_whatever_was_configured() {
        let colors = [
            "#ffffff", "#000000", "#ffff00", "#4338ca", "#777777", "#ff0000", "#00ff88", "#fde",
            "#123", "no",
        ];
        for primary in colors {
            for background in colors {
                for font in colors {
                    for dark in [false, true] {
                        let palette = palette(&style(primary, background, font), dark);
                        let case = format!("{primary} on {background}, text {font}, dark {dark}");
                        for (text, ground, wanted) in [
                            ("--text", "--surface", 4.5),
                            ("--text", "--sunken", 4.5),
                            ("--muted", "--surface", 4.5),
                            ("--muted", "--sunken", 4.5),
                            ("--accent-text", "--sunken", 4.5),
                            ("--accent-text", "--surface", 4.5),
                            ("--on-accent", "--accent", 4.5),
                            ("--on-action", "--action", 4.5),
                            ("--danger", "--surface", 4.5),
                            ("--edge", "--surface", 3.0),
                            ("--focus", "--surface", 3.0),
                        ] {
                            let contrast = color(&palette, text).contrast(color(&palette, ground));
                            assert!(
                                contrast >= wanted,
                                "{text} on {ground} is {contrast}: {case}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_bright_brand_keeps_white_text_where_white_was_meant() {
        let bright = palette(&style("#3b82f6", "#ffffff", "#1c1b29"), false);
        assert_eq!(color(&bright, "--on-accent").to_css(), "#ffffff");
        let yellow = palette(&style("#ffd400", "#ffffff", "#1c1b29"), false);
        assert_ne!(color(&yellow, "--on-accent").to_css(), "#ffffff");
        assert_eq!(color(&yellow, "--accent").to_css(), "#ffd400");
    }

    #[test]
    fn dark_is_dark_and_an_owners_dark_ground_stays() {
        assert!(palette(&style("#4338ca", "#ffffff", "#1c1b29"), true).is_dark);
        assert!(!palette(&style("#4338ca", "#ffffff", "#1c1b29"), false).is_dark);
        let own = palette(&style("#4338ca", "#0b1020", "#e8eaf6"), false);
        assert!(own.is_dark);
        assert_eq!(color(&own, "--surface").to_css(), "#0b1020");
    }
}
