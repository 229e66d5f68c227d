"""What the board of Alingsås decided and reviewed in 2024, as its registers hold it. Text is shortened from the printed
documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from demo.extract_files import Cell

IVO = (
    "Tidsgränsen för rapportering av ej verkställda beslut till Inspektionen för vård och omsorg (IVO) är tre månader. Om "
    "verkställigheten inte sker inom skälig tid kan kommunen bli skyldig att betala en särskild avgift."
)

GOALS = (
    (
        "mal1",
        1,
        "nämndmål",
        "Alingsås växer genom att stärka och uppmuntra arbetsliv, näringsliv och föreningsliv",
        "Främja jämlikhet i levnadsvillkor och full delaktighet i samhället för personer med funktionsnedsättning.",
        "Mål 8. Anständiga arbetsvillkor och ekonomisk tillväxt och mål 10. Minska ojämlikhet.",
    ),
    (
        "mal2",
        2,
        "nämndmål",
        "Alingsåsarna har inflytande, får god service och ett gott bemötande från kommunen",
        "Alingsåsarna har inflytande, får god service och ett gott bemötande från nämndens verksamheter.",
        "Mål 16. Fredliga och inkluderande samhällen.",
    ),
    (
        "mal3",
        3,
        "nämndmål",
        "I Alingsås finns goda livsmiljöer genom en långsiktig ekologisk, social och ekonomisk hållbar utveckling",
        (
            "Nämnden tillgodoser behovet av rätt insats, vid rätt tidpunkt och tillser att det finns tillräckligt med boenden och lokaler "
            "som är utformade för målgruppens behov."
        ),
        "Mål 3. God hälsa och välbefinnande och mål 11. Hållbara städer och samhällen.",
    ),
    (
        "arbetsmiljomal",
        4,
        "arbetsmiljömål",
        None,
        "Delaktighet och kunskap om målstyrning ska öka i verksamhet",
        None,
    ),
)


def _indicator(
    goal: str,
    order: int,
    indicator: str,
    label: str,
    target: float,
    *,
    quarter: int | None = None,
    limit: int | None = None,
    note: str = "",
) -> tuple[Cell, ...]:
    return goal, order, indicator, "", "", quarter, label, "värde", target, None, None, "", limit, note


INDICATORS = (
    _indicator(
        "mal1",
        1,
        "dv_to_study_or_work_persons",
        "Antal personer i kommunen som har gått från daglig verksamhet till studier eller lönearbete på den reguljära arbetsmarknaden.",
        3,
        note="2022 avser antal personer som gått från daglig verksamhet till lönearbete. Statistik för antal personer som gått vidare "
        "till studier saknas för 2022.",
    ),
    _indicator(
        "mal2",
        1,
        "U23516",
        "Brukarbedömning särskilt boende äldreomsorg - möjlighet att framföra synpunkter och klagomål, andel (%) (U23516)",
        44,
    ),
    _indicator(
        "mal2",
        2,
        "U28528",
        "Brukarbedömning servicebostad LSS – Personalen pratar så att brukaren förstår, andel (%) (U28528)",
        74,
    ),
    _indicator(
        "mal2",
        3,
        "U28535",
        "Brukarbedömning daglig verksamhet LSS, Personalen pratar så att brukaren förstår, andel (%) (U28535)",
        84,
    ),
    _indicator(
        "mal2",
        4,
        "U28663",
        "Brukarbedömning boende LSS totalt – Brukaren får bestämma saker som är viktiga hemma, andel (%) (U28663)",
        81,
    ),
    _indicator(
        "mal2",
        5,
        "percci_score",
        "Hur personcentrerad upplever patienter 18 år och äldre bosatta i ordinärt boende att kommunal hälso- och sjukvård är? "
        "(enligt PERCCI*)",
        39.1,
        note="Göteborgsregionens (GR) Nyckeltalsrapport god och nära kommunal primärvård i Göteborgsregionen 2024 presenteras under "
        "våren 2025. PERCCI innehåller 12 påståenden. Varje påstående ger mellan 1 och 4 poäng. Ett totalvärde beräknas (12–48 poäng).",
    ),
    _indicator(
        "mal3",
        1,
        "U23401",
        "Väntetid i antal dagar från ansökningsdatum till första erbjudet inflyttningsdatum till särskilt boende. (U23401)",
        65,
        limit=90,
        note="Inom parentes anges tidsgränsen. " + IVO,
    ),
    _indicator(
        "mal3",
        2,
        "lss_housing_wait_days",
        "Väntetid i antal dagar från beslut till första erbjudna inflyttningsdatum avseende boende enl. LSS § 9.9 (U28418)",
        90,
        note=IVO,
    ),
    _indicator(
        "mal3",
        3,
        "bmss_moved_to_own_home_persons",
        "Antal personer inom bostad med särskild service som flyttat vidare till egen bostad på den öppna bostadsmarknaden.",
        1,
    ),
    _indicator(
        "arbetsmiljomal",
        1,
        "pulse_goals_followed_up_share",
        "Indikator: Vi har mål som följs upp och utvärderas kontinuerligt, andel (%)",
        70,
        quarter=4,
    ),
)

JUDGEMENTS = (
    (
        "mal2",
        "delvis uppfyllt",
        "Förvaltningschef",
        date(2025, 1, 28),
        (
            "För flera nyckeltal ses en tydlig trend i positiv riktning, men för möjligheten att framföra synpunkter och klagomål och för "
            "upplevelsen av personcentrering är trenden nedåtgående eller oförändrad."
        ),
    ),
)

SHORT, LONG, INVESTIGATED, TO_EXAMINE, COORDINATION = (
    "kort sikt",
    "lång sikt",
    "utreds",
    "ska undersökas",
    "kräver samordning",
)
TOO_EARLY = "Det är fortfarande för tidigt att utvärdera effekterna."
RESOURCES = "Optimerad personal- och resursanvändning."
OFFICE, AUTHORITY, STAFFING = (
    "Förvaltningschef",
    "Avdelningschef myndighet och kommunal primärvård",
    "Avdelningschef verksamhetsstöd",
)
DIGITAL = "Digitaliseringsstrateg"
_Effect = tuple[str, int | None, int | None]
NO_EFFECT: _Effect = ("", None, None)


def _measure(
    number: int,
    horizon: str,
    area: str,
    what: str,
    effect: str,
    done: str,
    outcome: str,
    *,
    owner: str,
    start: date | None,
    figure: _Effect = NO_EFFECT,
    indicator: str = "",
) -> tuple[Cell, ...]:
    return f"A{number:02}", number, horizon, area, what, effect, *figure, owner, start, indicator, done, outcome


MEASURES = (
    _measure(
        1,
        SHORT,
        "Översyn av myndighetsbeslut",
        "Framtagande och införande av arbetssätt för volym- och målgruppsanalyser. Ökad kostnadsmedvetenhet kring myndighetsbeslut. "
        "Säkerställa omprövningar av myndighetsbeslut.",
        "Säkrare prognoser och mer strategiska beslut. Ökad kostnadsförståelse. Förbättrad beslutsprocess, ökad rättssäkerhet och "
        "effektivare resursanvändning.",
        "Arbetet med volym- och målgruppsanalyser har inletts. Ett verktyg för kostnadsjämförelser och prestationsbaserade "
        "resursfördelningsmodeller har införts för alla verksamheter utom kommunal primärvård.",
        TOO_EARLY,
        owner=AUTHORITY,
        start=date(2024, 2, 1),
    ),
    _measure(
        2,
        SHORT,
        "Effektiva processer och brukarflöden",
        "Säkerställa in- och utskrivningsprocessen. Utveckla strukturer och organisation för ett mer teambaserat arbetssätt.",
        "Ökad självständighet för patienterna och till en början lägre kostnader för utskrivningsklara patienter.",
        "En inskrivningssjuksköterska har införts. Projekt med trygg hemgång har startat för att frigöra platser på "
        "korttidsverksamheten. Nya rutiner och utredningar kring teambaserat arbetssätt pågår.",
        "",
        owner=AUTHORITY,
        start=date(2024, 1, 15),
        indicator="discharge_ready_cost",
    ),
    _measure(
        3,
        SHORT,
        "Prestationsersättning och schemaläggning",
        "Påbörja arbetet med prestationsersättning och anpassa verksamheterna till nya ersättningsmodeller genom att stärka arbetet "
        "med bemanningsekonomi, både genom utbildning och praktiskt genomförande.",
        "Effektivare resursanvändning.",
        "Prestationsersättning införs i samtliga verksamheter, beräkningsmallar för bemanningsekonomi utvecklas och verksamheter med "
        "underskott upprättar handlingsplaner.",
        TOO_EARLY,
        owner=STAFFING,
        start=date(2024, 3, 1),
        figure=("Minskade övertidskostnader", None, 50),
    ),
    _measure(
        4,
        SHORT,
        "Prestationsersättning och schemaläggning",
        "En bemanningshandbok och ett utbildningspaket för schemaläggning.",
        "",
        "En ny bemanningshandbok har beslutats, med breddinförande planerat till september 2025. Utbildningar genomförs mellan maj "
        "och september.",
        TOO_EARLY,
        owner=STAFFING,
        start=date(2024, 9, 1),
        figure=("Minskade kostnader för timvikarier", None, 10),
    ),
    _measure(
        5,
        SHORT,
        "Lokaler",
        "Färdigställa kartläggningen av befintliga lokaler.",
        "",
        "Kartläggningen har begränsats till bostad med särskild service och särskilda boenden inklusive korttidsverksamhet och "
        "förväntas vara klar under juni 2025. Resterande lokaler kartläggs under 2025 och 2026.",
        "Det är för tidigt att dra några slutsatser om effekterna.",
        owner=STAFFING,
        start=date(2024, 4, 1),
    ),
    _measure(
        6,
        SHORT,
        "Digitalisering och välfärdsteknik",
        "Öka den digitala mognaden. Pilotprojekt för sensorteknik och digital tillsyn på ett särskilt boende. Nyckelfria lås, "
        "hjälpmedelsmodul, medborgarportal och nytt planeringsverktyg.",
        "",
        "Arbetet med att implementera hjälpmedelsmodulen och medborgarportalen pågår och införandet av planeringsverktyget "
        "fortsätter. Pilotprojektet för sensorteknik planeras. Handlingsplanen för digitalisering ses över.",
        "Det är för tidigt att bedöma vilken inverkan åtgärderna har haft på nämndens effektivitet.",
        owner=DIGITAL,
        start=date(2024, 2, 1),
        figure=("Kostnadseffektiv hantering genom digitalisering", 2_000_000, None),
    ),
    _measure(
        7,
        SHORT,
        "",
        "Färdigställa översynen av förvaltningskontoret och genomföra den nya organisationen.",
        "",
        "Översynen slutfördes i mars och avdelningen bytte namn vid årsskiftet. Den nya organisationen införs den 1 september.",
        "",
        owner=OFFICE,
        start=date(2024, 1, 1),
    ),
    _measure(
        8,
        LONG,
        "Insatsöversyn, omfördelning och förflyttning av resurser",
        "Anpassa arbetssätt för att främja ökad självständighet och möjliggöra boendekarriär. Strategisk omfördelning av resurser mot "
        "förebyggande verksamhet.",
        "Förbättrad livskvalitet och större delaktighet. Minskat behov av kostsamma insatser i framtiden.",
        "En kartläggning av individer som kan vara aktuella för boendekarriär och ett samarbete med socialförvaltningen har inletts. "
        "En behovsanalys för mer förebyggande inriktning väntas starta under hösten.",
        TOO_EARLY,
        owner=AUTHORITY,
        start=date(2024, 5, 1),
    ),
    _measure(
        9,
        LONG,
        "Lokaler",
        "Planera och påbörja lokaloptimering utifrån genomförd kartläggning.",
        "Effektivare resursanvändning genom samplanering, samlokalisering och storskalig drift där det ges möjlighet.",
        "Lokaloptimering inleds när kartläggningarna är klara. I mindre skala utreds samlokalisering, såsom kommunal primärvård och "
        "hemtjänst samt korttidstillsyn och korttidsvistelse.",
        TOO_EARLY,
        owner=STAFFING,
        start=None,
    ),
    _measure(
        10,
        LONG,
        "Digitalisering och välfärdsteknik",
        "Införa fler digitala lösningar och välfärdsteknik, exempelvis läkemedelsautomater. Breddinförande av nytt planeringsverktyg.",
        "Tidsbesparing för personal, ökad kvalitet och säkerhet för brukare och optimerad personal- och resursanvändning.",
        "Omvärldsbevakning av AI-baserad schemaläggning och en utredning av läkemedelsautomater pågår.",
        "Förvaltningen kan ännu inte bedöma effekterna.",
        owner=DIGITAL,
        start=date(2024, 9, 1),
    ),
    _measure(
        11,
        INVESTIGATED,
        "Myndighetsbeslut",
        "Nya schabloner inom hemtjänst.",
        "Minskad volym av hemtjänsttimmar.",
        "Ej påbörjat, utredning planeras till hösten.",
        "",
        owner=AUTHORITY,
        start=None,
    ),
    _measure(
        12,
        INVESTIGATED,
        "Myndighetsbeslut",
        "Genomlysning av samtliga myndighetsbeslut utifrån den nya socialtjänstlagen.",
        "Minskat behov av kostsamma insatser i framtiden och ökad möjlighet för äldre att leva ett självständigt och värdigt liv.",
        "Myndighetsenheten har tagit fram nya rutiner och nya beslutsformuleringar. Arbetet pågår under hela 2025.",
        "",
        owner=AUTHORITY,
        start=date(2025, 1, 7),
    ),
    _measure(
        13,
        INVESTIGATED,
        "Utredning av enheter med mixade insatser",
        "Skapa större flexibilitet i organisationen.",
        "Minska externa köp.",
        "Mixade insatser har startat i mindre skala inom LSS-boende. Förvaltningen utreder vidare.",
        "",
        owner="Avdelningschef LSS boende och arbete",
        start=date(2024, 10, 1),
    ),
    _measure(
        14,
        INVESTIGATED,
        "Införande av behovs- och volymbaserat resursfördelningsverktyg i fler verksamheter",
        "Undersöka möjligheten att införa Kuben i fler verksamheter i äldreomsorgen.",
        "",
        "Förvaltningen följer utvecklingen kring produkter som visualiserar och stödjer resursfördelning.",
        "",
        owner=STAFFING,
        start=None,
    ),
    _measure(
        15,
        TO_EXAMINE,
        "Organisering och resurshantering",
        "Utreda förvaltningsövergripande nattorganisation.",
        RESOURCES,
        "",
        "",
        owner=OFFICE,
        start=None,
    ),
    _measure(
        16,
        TO_EXAMINE,
        "Organisering och resurshantering",
        "Utreda centraliserad placering av personal inom kommunal primärvård.",
        "Optimerad personal- och resursanvändning samt ökad kvalitet.",
        "",
        "",
        owner=AUTHORITY,
        start=None,
    ),
    _measure(
        17,
        TO_EXAMINE,
        "Resursfördelning",
        "Utreda volym-, behovs- och prestationsbaserad ersättning inom kommunal primärvård.",
        "Effektivare resursanvändning.",
        "",
        "",
        owner=AUTHORITY,
        start=None,
    ),
    _measure(
        18,
        TO_EXAMINE,
        "Lokaler",
        "Utreda hur nämnden ska arbeta med träffpunktsverksamhet, avseende lokaler och kompetens, och med trygghetsbostäder, avseende "
        "gemensamhetslokaler och kompetens.",
        "Eventuellt minskade lokalkostnader samt omställning av resurser mot förebyggande verksamhet.",
        "",
        "",
        owner=STAFFING,
        start=None,
    ),
    _measure(
        19,
        COORDINATION,
        "Förvaltningsövergripande barnsamverkan",
        "Utreda former för samverkan mellan barn- och ungdomsförvaltningen, socialförvaltningen och vård- och omsorgsförvaltningen för "
        "gränsöverskridande barnärenden.",
        "Minska externa köp. Ökad kvalitet för den enskilde.",
        "",
        "",
        owner=OFFICE,
        start=None,
    ),
    _measure(
        20,
        COORDINATION,
        "Digitalisering",
        "Undersöka förutsättningarna för Internet of things i stadsnätet, bland annat välfärdsteknik, tillsammans med Alingsås energi.",
        "Skapa tryggare hemmiljöer som hjälper individer att bo hemma längre.",
        "",
        "",
        owner=DIGITAL,
        start=None,
    ),
)

RISK = "Brister i rättssäkerhet vid handläggning enligt SoL och LSS."
RISK_DESCRIPTION = (
    "Brister i rättssäkerheten riskerar att leda till att den enskilde inte får den hjälp och det stöd den har rätt till, samt att "
    "nämndens resurser inte används på ett effektivt sätt."
)
REVIEWERS = "1:e socialsekreterare SoL och 1:e socialsekreterare LSS"
WHOLE = (date(2023, 12, 1), date(2024, 11, 30))
SPRING, AUTUMN = (date(2024, 1, 1), date(2024, 6, 30)), (date(2024, 7, 1), date(2024, 11, 30))
ONGOING = (
    "Resultatet föranleder inga åtgärder, utöver redan pågående. Sedan hösten 2024 arbetar socialsekreterarna utifrån geografiska "
    "områden och team för att underlätta uppföljningen av ärenden."
)
CONTROLS_TEXT: dict[str, tuple[str, str, str, str]] = {
    "1": (
        "Utredningstid. Antal dagar från ansökan till beslut SoL och LSS.",
        "utan anmärkning",
        (
            "En viss ökning av utredningstiden observeras under andra halvåret. Slutdatumet för den andra perioden har ändrats från den "
            "31 december till den 30 november för att möjliggöra en kontroll innan årsskiftet. Verksamhetens bedömning är att nämnden "
            "generellt har godtagbara utredningstider."
        ),
        ONGOING,
    ),
    "2": (
        "Verkställighetstid. Antal dagar från beslut till verkställighet SoL och LSS.",
        "utan anmärkning",
        (
            "Antalet kontroller och perioden har justerats på grund av felaktigheter i statistiken efter datamigreringen till ett nytt "
            "verksamhetssystem. Verksamhetens bedömning är att nämnden generellt har godtagbara verkställighetstider."
        ),
        "Fortsatt uppföljning och analys av verkställighetstiden inom ramen för förvaltningens egenkontrollplan 2025.",
    ),
    "3": (
        "Kontroll av att tidsbegränsade beslut följs upp innan beslutet löper ut.",
        "utan anmärkning/försumbar anmärkning",
        "Granskningen har genomförts genom journalgranskning med stickprov av besluttyperna hemtjänst, korttidsboende och LSS-beslut.",
        ONGOING,
    ),
    "4": (
        "Kontroll av att icke tidsbegränsade beslut följs upp årligen.",
        "med anmärkning",
        (
            "Granskningen har genomförts genom journalgranskning med stickprov av besluttyperna särskilt boende, bostad med särskild "
            "service och daglig verksamhet."
        ),
        (
            "Omprövningsförbehåll har införts för samtliga icke tidsbegränsade tillsvidarebeslut. Myndighetsenheten utvecklar en rutin för "
            "uppföljning, som färdigställs 2025. Fortsatt uppföljning inom egenkontrollplanen 2025."
        ),
    ),
}


def _control(
    number: str,
    order: int,
    label: str,
    decision_type: str,
    law: str,
    period: tuple[date, date],
    *,
    indicator: str = "",
    sample: tuple[int, int, int] | None = None,
    group: str = "",
) -> tuple[Cell, ...]:
    control, judgement, result, action = CONTROLS_TEXT[number]
    method, threshold = ("journalgranskning", "andel") if sample else ("statistik", "ingen")
    numbers: tuple[Cell, ...] = sample or (None, None, None)
    split = f"law={law}" if indicator else ""
    return (
        number,
        order,
        RISK,
        RISK_DESCRIPTION,
        control,
        label,
        decision_type,
        law,
        *period,
        method,
        REVIEWERS,
        *numbers,
        group,
        threshold,
        indicator,
        split,
        judgement,
        result,
        action,
    )


INVESTIGATION, EXECUTION = "Genomsnittlig utredningstid", "Genomsnittlig verkställighetstid"
BEFORE, YEARLY = (
    "Tidsbegränsade beslut uppföljda innan beslutet löper ut – ",
    "Icke tidsbegränsade beslut uppföljda årligen – ",
)
SOL_SAMPLE = "Urval SoL-beslut (hemtjänst och korttidsboende)"
CONTROLS = (
    _control("1", 1, f"{INVESTIGATION} SoL", "", "SoL", SPRING, indicator="ic_investigation_days"),
    _control("1", 2, f"{INVESTIGATION} SoL", "", "SoL", AUTUMN, indicator="ic_investigation_days"),
    _control("1", 3, f"{INVESTIGATION} LSS (exkl. SFB)", "", "LSS", SPRING, indicator="ic_investigation_days"),
    _control("1", 4, f"{INVESTIGATION} LSS (exkl. SFB)", "", "LSS", AUTUMN, indicator="ic_investigation_days"),
    _control("2", 1, f"{EXECUTION} SoL", "", "SoL", WHOLE, indicator="ic_execution_days"),
    _control("2", 2, f"{EXECUTION} LSS", "", "LSS", WHOLE, indicator="ic_execution_days"),
    _control("3", 1, f"{BEFORE}hemtjänst", "hemtjänst", "SoL", WHOLE, sample=(1164, 175, 173), group=SOL_SAMPLE),
    _control("3", 2, f"{BEFORE}korttidsboende", "korttidsboende", "SoL", WHOLE, sample=(236, 35, 35), group=SOL_SAMPLE),
    _control("3", 3, f"{BEFORE}LSS", "LSS", "LSS", WHOLE, sample=(412, 103, 98), group="Urval LSS-beslut"),
    _control(
        "4",
        1,
        f"{YEARLY}särskilt boende",
        "särskilt boende",
        "SoL",
        WHOLE,
        sample=(398, 40, 0),
        group="Urval särskilt boende",
    ),
    _control(
        "4",
        2,
        f"{YEARLY}bostad med särskild service",
        "bostad med särskild service",
        "LSS",
        WHOLE,
        sample=(151, 38, 8),
        group="Urval bostad med särskild service",
    ),
    _control(
        "4",
        3,
        f"{YEARLY}daglig verksamhet",
        "daglig verksamhet",
        "LSS",
        WHOLE,
        sample=(209, 52, 13),
        group="Urval daglig verksamhet enligt LSS",
    ),
)

LOV = "Förfrågningsunderlag LOV (hemtjänst)"
LOV_BASIS = "PSL 2010:659, SOSFS 2011:9 7 kap. 3 § och lag (2008:962) om valfrihetssystem"
LOV_SUBJECT = "Patientsäkerhet, hemtjänst enligt lagen om valfrihetssystem och kvalitetsgranskning"
NO_HARM = "Påverkan på patient- och brukarsäkerhet har inte kunnat påvisas."
PROVIDERS = (
    (
        "P1",
        1,
        LOV,
        LOV_BASIS,
        LOV_SUBJECT,
        "ja",
        "Brister i tvätt- och hygienrutiner och i förvaring av sekretesshandlingar. Vid oannonserad tillsyn många osignerade insatser.",
        f"Ej uppfyllda lagkrav. {NO_HARM}",
        (
            "Oannonserat tillsynsbesök visade att flera brister avhjälpts. Nämnden har begärt utredning och handlingsplan, som följs upp "
            "under våren 2025."
        ),
        None,
    ),
    (
        "P2",
        2,
        LOV,
        LOV_BASIS,
        LOV_SUBJECT,
        "ja",
        "Brister i förvaring av sekretesshandlingar. Klagomål har inkommit som skulle kunna innebära brister mot förfrågningsunderlaget.",
        f"Ej uppfyllda lagkrav. {NO_HARM} Utredning pågår.",
        "Bristen följs upp vid nästa avtalsuppföljning 2025. Nämnden har begärt in svar och utredning, uppföljning i februari 2025.",
        None,
    ),
    (
        "P3",
        3,
        LOV,
        LOV_BASIS,
        LOV_SUBJECT,
        "ja",
        "Klagomål har inkommit om hantering av bisyssla.",
        NO_HARM,
        "Nämnden har begärt in en utredning. Leverantören bedöms ha vidtagit tillräckliga åtgärder.",
        None,
    ),
    (
        "P4",
        4,
        "Avtal LOU (äldreboende)",
        "PSL 2010:659, SOSFS 2011:9 7 kap. 3 §",
        "Patientsäkerhet och kvalitetsgranskning",
        "ja",
        "",
        "",
        "",
        None,
    ),
    (
        "P5",
        5,
        "Avtal Sodexo (matportioner)",
        "Socialtjänstlagen 2001:453",
        "Middag enligt biståndsbeslut: kvalitet på tjänsten och produkten, klagomål och synpunkter, leveranser",
        "ja",
        "Analysen av huvudkomponenter visade låga proteinvärden för fiskrätterna.",
        "Påverkan på verksamhet eller brukarsäkerhet har inte kunnat påvisas.",
        "En uppföljande analys av matlådor med fiskrätter pågår.",
        None,
    ),
    (
        "P6",
        6,
        "Avtal köpt plats under längre period, minst sex månader",
        "Socialtjänstlagen 2001:453 och lag (1993:387) om stöd och service till vissa funktionshindrade",
        "Tillstånd från IVO, kvalitet på tjänsten",
        "ja",
        "",
        "",
        "",
        6,
    ),
)

TARGETED, PERFORMANCE, GENERAL = "Riktat statsbidrag", "Prestationsbaserat statsbidrag", "Generellt statsbidrag"
BOARD, INSURANCE = "Socialstyrelsen", "Försäkringskassan"


def _mnkr(*amounts: float | None) -> tuple[Cell, ...]:
    return tuple(None if amount is None else round(1_000_000 * amount) for amount in amounts)


# Applied for, awarded, received, recognised, deferred, repaid; mnkr. Printed are the sums of 2024: 32 applied for and
# 26 recognised of the targeted grants, 36,3 received in all.
GRANTS: dict[int, Sequence[Sequence[Cell]]] = {
    2023: (
        (
            "aldreomsorgssatsningen",
            1,
            TARGETED,
            "Äldreomsorgssatsningen",
            BOARD,
            *_mnkr(15.4, 15.4, 15.4, 15.1, 0, 0.3),
        ),
        ("aldreomsorgslyftet", 2, TARGETED, "Äldreomsorgslyftet", BOARD, *_mnkr(7.2, 7.2, 7.2, 4.8, 0, 2.4)),
        ("god_och_nara_vard", 3, TARGETED, "God och nära vård", BOARD, *_mnkr(5.1, 5.1, 5.1, 5.1, 0, 0)),
        ("habiliteringsersattning", 4, TARGETED, "Habiliteringsersättning", BOARD, *_mnkr(1.2, 1.2, 1.2, 1.2, 0, 0)),
        (
            "sjuklonekostnader",
            7,
            GENERAL,
            "Ersättning för sjuklönekostnader",
            INSURANCE,
            *_mnkr(None, 3.6, 3.6, 3.6, 0, 0),
        ),
    ),
    2024: (
        (
            "aldreomsorgssatsningen",
            1,
            TARGETED,
            "Äldreomsorgssatsningen",
            BOARD,
            *_mnkr(17.1, 16.2, 15.6, 15.6, 0, 0.4),
        ),
        ("aldreomsorgslyftet", 2, TARGETED, "Äldreomsorgslyftet", BOARD, *_mnkr(8.6, 7.9, 4.9, 4.9, 0, 0)),
        ("god_och_nara_vard", 3, TARGETED, "God och nära vård", BOARD, *_mnkr(4.1, 4.1, 3.8, 3.8, 0, 0)),
        ("habiliteringsersattning", 4, TARGETED, "Habiliteringsersättning", BOARD, *_mnkr(1.2, 1.2, 1.2, 1.2, 0, 0)),
        (
            "halsosamtal",
            5,
            TARGETED,
            "Motverka ofrivillig ensamhet bland äldre",
            BOARD,
            *_mnkr(1.0, 0.5, 0.5, 0.5, 0, 0),
        ),
        (
            "sjukskoterskebemanning",
            6,
            PERFORMANCE,
            "Utökad sjuksköterskebemanning",
            BOARD,
            *_mnkr(None, 6.4, 6.4, 6.4, 0, 0),
        ),
        (
            "sjuklonekostnader",
            7,
            GENERAL,
            "Ersättning för sjuklönekostnader",
            INSURANCE,
            *_mnkr(None, 3.9, 3.9, 3.9, 0, 0),
        ),
    ),
}

OCCASIONS: dict[int, Sequence[Sequence[Cell]]] = {
    2023: (
        ("Fördjupad månadsuppföljning", "2023-04", 1, date(2023, 5, 22), "§ 47", "Controller", ""),
        ("Delårsbokslut", "2023-08", 1, date(2023, 9, 25), "§ 81", "Controller", ""),
    ),
    2024: (
        ("Fördjupad månadsuppföljning", "2024-04", 1, date(2024, 5, 20), "§ 52", "Controller", ""),
        (
            "Delårsbokslut",
            "2024-08",
            1,
            date(2024, 9, 23),
            "§ 88",
            "Controller",
            "Osäkert vilka statsbidrag som kan tillgodoräknas.",
        ),
    ),
}

ROWS: dict[tuple[str, str], dict[int, Sequence[Sequence[Cell]]]] = {
    ("goals", "mal"): {2024: GOALS},
    ("goals", "malindikatorer"): {2024: INDICATORS},
    ("goals", "malbedomningar"): {2024: JUDGEMENTS},
    ("goals", "atgarder"): {2024: MEASURES},
    ("internal_control", "internkontroll"): {2024: CONTROLS},
    ("providers", "privata_utforare"): {2024: PROVIDERS},
    ("grants", "bidrag"): GRANTS,
    ("forecasts", "avstamningar"): OCCASIONS,
}

# Group, code, category, budget and outcome in kronor. The table of the annual report, in tkr, with kronor that rounding
# hides.
REINVESTMENT = "Reinvestering"
INVESTMENTS: dict[int, Sequence[tuple[str, str, str, int | None, int]]] = {
    2023: (
        (REINVESTMENT, "10", "Inventarier", 4_000_000, 2_998_021),
        (REINVESTMENT, "20", "IT-utrustning", None, 122_984),
        (REINVESTMENT, "30", "Maskiner", None, 168_036),
        (REINVESTMENT, "40", "Transportmedel", None, 77_012),
        (REINVESTMENT, "50", "Förbättringsutgift på annans fastighet", 0, 272_975),
        (REINVESTMENT, "60", "Vårdarhjälpmedel", 350_000, 764_990),
        (REINVESTMENT, "61", "Vårdarhjälpmedel, sängar", 750_000, 39_005),
    ),
    2024: (
        (REINVESTMENT, "10", "Inventarier", 4_200_000, 3_484_968),
        (REINVESTMENT, "20", "IT-utrustning", None, 321_015),
        (REINVESTMENT, "30", "Maskiner", None, 291_990),
        (REINVESTMENT, "40", "Transportmedel", None, 169_022),
        (REINVESTMENT, "50", "Förbättringsutgift på annans fastighet", 0, 0),
        (REINVESTMENT, "60", "Vårdarhjälpmedel", 350_000, 378_031),
        (REINVESTMENT, "61", "Vårdarhjälpmedel, sängar", 750_000, 429_009),
    ),
}
