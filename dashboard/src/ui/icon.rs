//! The icons: strokes on a 24 by 24 grid, in the colour of the text around them.

use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Alert,
    Attach,
    Back,
    Bell,
    BellOff,
    Book,
    Check,
    CheckDouble,
    Close,
    Code,
    Copy,
    Down,
    File,
    Globe,
    Hand,
    Inbox,
    Key,
    Lines,
    Mail,
    Monitor,
    Moon,
    More,
    Panel,
    Person,
    Phone,
    Pin,
    Plus,
    Question,
    Refresh,
    Search,
    Send,
    SignOut,
    Sliders,
    Spark,
    Star,
    Sun,
    ThumbDown,
    ThumbUp,
    Ticket,
    Trash,
    Upload,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 4 21 19.5H3ZM12 10v4.2M12 16.8v.1",
            Self::Attach => {
                "M19 11.5 12.3 18.200a4 4 0 0 1-5.700-5.700L13.8 5.300a2.700 2.700 0 0 1 3.800 3.800L10.5 16.200a1.3 1.3 0 0 1-1.900-1.900L14.8 8.200"
            }
            Self::Back => "M14.5 5.5 8 12l6.5 6.5",
            Self::Bell => "M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5ZM10 20.5h4",
            Self::BellOff => {
                "M6.5 16.5V11c0-1 .3-2 .8-2.8M9.5 6a5.5 5.5 0 0 1 8 5v4M16 18H5l1.5-1.5M10 20.5h4M4 4l16 16"
            }
            Self::Book => {
                "M5 5.5A1.5 1.5 0 0 1 6.5 4H19v13H6.500A1.5 1.5 0 0 0 5 18.500ZM5 18.500A1.5 1.5 0 0 0 6.5 20H19M9 8h6"
            }
            Self::Check => "M5 12.5 9.8 17 19 7.5",
            Self::CheckDouble => "M2.5 12.5 6.8 16.5 14.5 8M11 15.500l1.2 1L20.5 8",
            Self::Close => "M6.5 6.500l11 11M17.5 6.500l-11 11",
            Self::Code => "M8.5 7 3.5 12l5 5M15.5 7l5 5-5 5",
            Self::Copy => "M9 9h10.500v11H9ZM5 15.500V4h10.5",
            Self::Down => "M6.5 9.5 12 15l5.5-5.5",
            Self::File => "M6.5 3.500H14L18.5 8v12.500h-12ZM13.5 3.500V8.500H18.5",
            Self::Globe => {
                "M12 3.500a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17ZM3.5 12h17M12 3.500c3.4 3.6 3.4 13.4 0 17M12 3.500c-3.4 3.6-3.4 13.4 0 17"
            }
            Self::Hand => {
                "M8 12.500V6a1.5 1.5 0 0 1 3 0v5V4.500a1.5 1.5 0 0 1 3 0V11V6a1.5 1.5 0 0 1 3 0v8.500c0 3.5-2.2 6-5.5 6-2.8 0-4.2-1.3-5.5-3.800L4.2 13.200c-.6-1.2 1.1-2.3 2-1.200L8 14"
            }
            Self::Inbox => {
                "M3.5 13.5 6.5 5h11l3 8.500V19h-17ZM3.5 13.500h5l1.3 2.500h4.400l1.3-2.500h5"
            }
            Self::Key => {
                "M8 11.500a4 4 0 1 0 0 8a4 4 0 1 0 0-8ZM11 12.8 19.5 4.500M15.5 8.500l3 3M18 6l2 2"
            }
            Self::Lines => "M5 6.5h14M5 12h14M5 17.5h9",
            Self::Mail => "M3.5 6h17v12.500h-17ZM4 6.500l8 6.5 8-6.5",
            Self::Monitor => "M3.5 5h17v11.500h-17ZM9 20h6M12 16.500V20",
            Self::Moon => "M19.5 14.200A8 8 0 0 1 9.8 4.500a8 8 0 1 0 9.7 9.700Z",
            Self::More => "M5.5 12v.1M12 12v.1M18.5 12v.1",
            Self::Panel => "M3.5 5h17v14h-17ZM14.5 5v14",
            Self::Person => {
                "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8ZM4.5 20c.6-3.7 3.5-5.5 7.5-5.500s6.9 1.8 7.5 5.5"
            }
            Self::Phone => {
                "M5 4.500h4l1.5 4.5-2.2 1.800a12 12 0 0 0 5 5L15 13.500l4.5 1.500v4a1 1 0 0 1-1 1C10.5 20 4 13.5 4 5.500a1 1 0 0 1 1-1Z"
            }
            Self::Pin => {
                "M12 3.500a6.5 6.5 0 0 0-6.5 6.500c0 4.5 6.5 10.5 6.5 10.500s6.5-6 6.5-10.500A6.5 6.5 0 0 0 12 3.500ZM12 8a2 2 0 1 0 0 4a2 2 0 1 0 0-4Z"
            }
            Self::Plus => "M12 5.500v13M5.5 12h13",
            Self::Question => {
                "M12 3.500a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17ZM9.5 9.500a2.5 2.5 0 1 1 3.6 2.200c-.8.4-1.1.9-1.1 1.800M12 16.500v.1"
            }
            Self::Refresh => "M19.5 12a7.5 7.5 0 1 1-2.4-5.500M19.5 3.500v4h-4",
            Self::Search => {
                "M10.8 4.500a6.3 6.3 0 1 0 0 12.600a6.3 6.3 0 1 0 0-12.600ZM15.5 15.5 20 20"
            }
            Self::Send => "M4 12 20 4.5 15.5 20 11.5 13.500ZM11.5 13.5 20 4.5",
            Self::SignOut => "M14 4.500H5v15h9M10 12h10.500M17 8.5 20.5 12 17 15.5",
            Self::Sliders => "M4 7.500h8M17 7.500h3M14.5 5v5M4 16.500h3M12 16.500h8M9.5 14v5",
            Self::Spark => {
                "M12 3.5 13.9 10.1 20.5 12 13.9 13.9 12 20.5 10.1 13.9 3.5 12 10.1 10.100Z"
            }
            Self::Star => "M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.7-5 2.7 1-5.7-4-4 5.5-.8Z",
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8ZM12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M18.7 5.300l-1.4 1.400M6.7 17.300l-1.4 1.4"
            }
            Self::ThumbDown => {
                "M7.5 13.5V4h9.3a2 2 0 0 1 2 1.6l1.2 6a2 2 0 0 1-2 2.4h-4.5l.8 4.2a1.7 1.7 0 0 1-3.2 1.1ZM7.5 4H4v9.5h3.5"
            }
            Self::ThumbUp => {
                "M7.5 10.5V20h9.3a2 2 0 0 0 2-1.6l1.2-6a2 2 0 0 0-2-2.4h-4.5l.8-4.2a1.7 1.7 0 0 0-3.2-1.1ZM7.5 20H4v-9.5h3.5"
            }
            Self::Ticket => {
                "M3.5 6.500h17v3.700a1.9 1.9 0 0 0 0 3.600v3.700h-17v-3.700a1.9 1.9 0 0 0 0-3.600ZM13.5 6.500v2M13.5 11v2M13.5 15.500v2"
            }
            Self::Trash => {
                "M4.5 7h15M9.5 7V4h5v3M6.5 7l.8 13h9.400l.8-13M10.3 10.500v6M13.7 10.500v6"
            }
            Self::Upload => "M12 15.500V4.500M7.5 9 12 4.5 16.5 9M4.5 15v4.500h15V15",
        }
    }

    pub fn view(self) -> AnyView {
        view! {
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
                <path d=self.path()></path>
            </svg>
        }
        .into_any()
    }
}
