-- Persons per service on the days that stocks are counted on (DEFINITIONS 2.14): a person counts once per service, with whatever number of
-- decisions. A service that the municipality has decided on at some time and gives to nobody on the day is a 0, from the first year that
-- holds it, in the years that hold its law: what was never delivered is missing.
with
decision_days as (
    select * from {{ ref('int_care__decision_day') }}
    where is_executed
        and not is_interrupted
        and ((kind = 'month_end' and law = 'SoL') or (kind = 'october' and law <> 'SoL' and is_own_inhabitant))
),

decisions as (select * from {{ ref('int_care__decision') }} where is_granted),
periods as (select * from {{ ref('int_care__period') }} where kind in ('month_end', 'october')),

inhabitants as (
    select
        municipality_id, year,
        cast(sum(inhabitants) as double) as inhabitants
    from {{ ref('stg_population__inhabitant') }}
    group by municipality_id, year
),

-- Services that are told under another name, or together.
groups as (
    select 'personlig_assistans' as service_id, 'pa_lss' as service_group
    union all select 'personlig_assistans_sfb', 'pa_sfb'
    union all select 'gruppbostad', 'bmss'
    union all select 'servicebostad', 'bmss'
    union all select 'annan_sarskilt_anpassad_bostad', 'bmss'
    union all select 'gruppbostad', 'bmss_excl_asab'
    union all select 'servicebostad', 'bmss_excl_asab'
),

delivered_services as (select * from {{ ref('int_care__delivered_service') }}),
delivered_laws as (select distinct municipality_id, year, law from delivered_services),

services as (
    select distinct
        decisions.municipality_id,
        case when decisions.law = 'SoL' then 'sol_service_persons' else 'lss_service_persons' end as indicator_id,
        decisions.law, decisions.service_id, delivered_services.first_year
    from decisions
    inner join delivered_services
        on decisions.municipality_id = delivered_services.municipality_id
        and decisions.law = delivered_services.law
        and decisions.service_id = delivered_services.service_id
),

-- Each figure with the services that it counts. All of LSS together, and homecare by its own name, are figures like the others.
members as (
    select
        municipality_id, indicator_id,
        'service=' || service_id as breakdown,
        law, service_id, first_year
    from services
    where service_id not in ('personlig_assistans', 'personlig_assistans_sfb')

    union all

    select
        services.municipality_id, services.indicator_id,
        'service=' || groups.service_group as breakdown,
        services.law, services.service_id, services.first_year
    from services
    inner join groups on services.service_id = groups.service_id

    union all

    select
        municipality_id,
        'lss_persons' as indicator_id,
        {{ no_text('breakdown') }},
        law, service_id, first_year
    from services
    where law = 'LSS'

    union all

    select
        municipality_id,
        'homecare_clients' as indicator_id,
        {{ no_text('breakdown') }},
        law, service_id, first_year
    from services
    where law = 'SoL'
        and service_id = 'hemtjanst'
),

-- Under LSS the first of October is counted; under SoL every month-end. The figures of LSS are told of inhabitants.
counted as (
    select
        members.municipality_id, members.indicator_id, members.breakdown, periods.period_start, periods.period_end,
        periods.period_grain, periods.measure_time,
        count(distinct decision_days.person_id) as persons
    from members
    inner join periods
        on members.municipality_id = periods.municipality_id
        and periods.kind = case when members.indicator_id in ('lss_persons', 'lss_service_persons') then 'october' else 'month_end' end
        and extract(year from periods.period_end) >= members.first_year
    inner join delivered_laws
        on members.municipality_id = delivered_laws.municipality_id
        and members.law = delivered_laws.law
        and extract(year from periods.period_end) = delivered_laws.year
    left join decision_days
        on members.municipality_id = decision_days.municipality_id
        and members.law = decision_days.law
        and members.service_id = decision_days.service_id
        and periods.kind = decision_days.kind
        and periods.period_end = decision_days.day
    group by
        members.municipality_id, members.indicator_id, members.breakdown, periods.period_start, periods.period_end,
        periods.period_grain, periods.measure_time
),

per_inhabitant as (
    select
        counted.municipality_id,
        case
            when counted.indicator_id = 'lss_persons' then 'lss_population_share_own'
            else 'lss_service_persons_per_10000'
        end as indicator_id,
        counted.breakdown, counted.period_start, counted.period_end, counted.period_grain, counted.measure_time,
        case when counted.indicator_id = 'lss_persons' then 100 else 10000 end as per,
        counted.persons, inhabitants.inhabitants
    from counted
    inner join inhabitants
        on counted.municipality_id = inhabitants.municipality_id
        and extract(year from counted.period_end) = inhabitants.year
    where counted.indicator_id in ('lss_persons', 'lss_service_persons')
)

select
    'decisions' as subject,
    municipality_id, indicator_id, breakdown,
    'T' as gender,
    period_start, period_end, period_grain, measure_time,
    cast(persons as double) as value,
    {{ no_ratio() }},
    persons as n
from counted

union all

select
    'inhabitants' as subject,
    municipality_id, indicator_id, breakdown,
    'T' as gender,
    period_start, period_end, period_grain, measure_time,
    per * persons / nullif(inhabitants, 0) as value,
    cast(persons as double) as numerator,
    inhabitants as denominator,
    persons as n
from per_inhabitant
