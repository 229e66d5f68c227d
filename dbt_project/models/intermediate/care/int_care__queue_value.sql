-- Who waits on the last day of each month (DEFINITIONS 2.5, 2.6, 2.9). A month with nobody waiting is a 0, if the year's decisions hold the
-- law or the housing at all: what was never delivered is missing. A mean or share over nobody has no row.
with
decision_days as (select * from {{ ref('int_care__decision_day') }} where kind = 'month_end'),
offers as (select * from {{ ref('int_care__first_offer') }}),
non_executed as (select * from {{ ref('int_care__non_executed') }} where state in ('open', 'interrupted')),
periods as (select * from {{ ref('int_care__period') }} where kind = 'month_end'),
delivered as (select * from {{ ref('int_care__delivered_year') }}),

waiting as (
    select
        decision_days.municipality_id, decision_days.day, decision_days.decision_id, decision_days.person_id,
        decision_days.law, decision_days.service_id, decision_days.housing, decision_days.days_since_decision,
        coalesce(offers.first_declined_date <= decision_days.day, false) as has_declined
    from decision_days
    left join offers
        on decision_days.municipality_id = offers.municipality_id
        and decision_days.decision_id = offers.decision_id
    where decision_days.law in ('SoL', 'LSS')
        and not decision_days.is_executed
),

-- A person who waits for several places has waited since the first decision.
waiting_for_group_home as (
    select
        municipality_id, day, person_id,
        max(days_since_decision) as days
    from waiting
    where service_id = 'gruppbostad'
    group by municipality_id, day, person_id
),

counted as (
    select
        {{ period_of('periods') }}, periods.has_offers,
        count(distinct case when waiting.housing = 'sabo' then waiting.person_id end) as sabo,
        count(distinct case when waiting.housing = 'sabo' and waiting.has_declined then waiting.person_id end) as sabo_declined,
        count(
            distinct case when waiting.housing = 'sabo' and waiting.days_since_decision > 90 then waiting.person_id end
        ) as sabo_long,
        count(distinct case when waiting.housing = 'lss' then waiting.person_id end) as lss,
        count(distinct case when waiting.housing = 'lss' and waiting.has_declined then waiting.person_id end) as lss_declined,
        count(
            distinct case when waiting.housing = 'lss' and waiting.days_since_decision > 90 then waiting.person_id end
        ) as lss_long,
        count(waiting.decision_id) as decisions,
        count(distinct waiting.person_id) as persons,
        count(case when waiting.law = 'SoL' then 1 end) as sol_decisions,
        count(distinct case when waiting.law = 'SoL' then waiting.person_id end) as sol_persons,
        count(case when waiting.law = 'LSS' then 1 end) as lss_decisions,
        count(distinct case when waiting.law = 'LSS' then waiting.person_id end) as lss_persons
    from periods
    left join waiting
        on periods.municipality_id = waiting.municipality_id
        and periods.period_end = waiting.day
    group by {{ period_of('periods') }}, periods.has_offers
),

cells as (
    select 'sabo_waiting_persons' as indicator_id, 'total' as cell
    union all select 'sabo_waiting_persons', 'offer=declined'
    union all select 'lss_housing_waiting_persons', 'total'
    union all select 'lss_housing_waiting_persons', 'offer=declined'
    union all select 'still_waiting_decisions', 'total'
    union all select 'still_waiting_decisions', 'law=SoL'
    union all select 'still_waiting_decisions', 'law=LSS'
),

counts as (
    select
        cells.indicator_id,
        nullif(cells.cell, 'total') as breakdown,
        {{ period_of('counted') }},
        case (cells.indicator_id || ' ' || cells.cell)
            when 'sabo_waiting_persons total' then counted.sabo
            when 'sabo_waiting_persons offer=declined' then counted.sabo_declined
            when 'lss_housing_waiting_persons total' then counted.lss
            when 'lss_housing_waiting_persons offer=declined' then counted.lss_declined
            when 'still_waiting_decisions total' then counted.decisions
            when 'still_waiting_decisions law=SoL' then counted.sol_decisions
            when 'still_waiting_decisions law=LSS' then counted.lss_decisions
        end as value,
        case (cells.indicator_id || ' ' || cells.cell)
            when 'sabo_waiting_persons total' then counted.sabo
            when 'sabo_waiting_persons offer=declined' then counted.sabo_declined
            when 'lss_housing_waiting_persons total' then counted.lss
            when 'lss_housing_waiting_persons offer=declined' then counted.lss_declined
            when 'still_waiting_decisions total' then counted.persons
            when 'still_waiting_decisions law=SoL' then counted.sol_persons
            when 'still_waiting_decisions law=LSS' then counted.lss_persons
        end as n
    from counted
    inner join delivered
        on counted.municipality_id = delivered.municipality_id
        and extract(year from counted.period_end) = delivered.year
    cross join cells
    where (cells.cell <> 'offer=declined' or counted.has_offers)
        and case (cells.indicator_id || ' ' || cells.cell)
            when 'still_waiting_decisions total' then delivered.has_all
            when 'still_waiting_decisions law=SoL' then delivered.has_sol
            when 'still_waiting_decisions law=LSS' then delivered.has_lss
            else case cells.indicator_id when 'sabo_waiting_persons' then delivered.has_sabo else delivered.has_lss_housing end
        end
),

-- Of those who wait: a person who waits for several places has waited since the first decision.
long_waits as (
    {%- for indicator_id, housing in [('sabo_waiting_over_90_days_share', 'sabo'), ('lss_housing_waiting_over_90_days_share', 'lss')] %}
    select
        '{{ indicator_id }}' as indicator_id,
        {{ period_of() }},
        {{ housing }}_long as numerator,
        {{ housing }} as denominator
    from counted
    where {{ housing }} > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

overdue as (
    select
        {{ period_of('periods') }},
        count(non_executed.decision_id) as value,
        count(distinct non_executed.person_id) as n
    from periods
    inner join delivered
        on periods.municipality_id = delivered.municipality_id
        and extract(year from periods.period_end) = delivered.year
        and delivered.has_all
    left join non_executed
        on periods.municipality_id = non_executed.municipality_id
        and periods.period_end = non_executed.day
    group by {{ period_of('periods') }}
),

group_home_waits as (
    select
        {{ period_of('periods') }},
        cast(sum(waiting_for_group_home.days) as double) as days,
        count(*) as persons
    from periods
    inner join waiting_for_group_home
        on periods.municipality_id = waiting_for_group_home.municipality_id
        and periods.period_end = waiting_for_group_home.day
    group by {{ period_of('periods') }}
)

select
    'offers' as subject,
    municipality_id, indicator_id, breakdown,
    'T' as gender,
    period_start, period_end, period_grain, measure_time,
    cast(value as double) as value,
    {{ no_ratio() }},
    n
from counts

union all

select
    'decisions' as subject,
    municipality_id, indicator_id,
    {{ no_text('breakdown') }},
    'T' as gender,
    period_start, period_end, period_grain, measure_time,
    {{ ratio('numerator', 'denominator', times=100) }},
    denominator as n
from long_waits

union all

select
    'decisions' as subject,
    municipality_id,
    'non_executed_decisions' as indicator_id,
    {{ no_text('breakdown') }},
    'T' as gender,
    period_start, period_end, period_grain, measure_time,
    cast(value as double) as value,
    {{ no_ratio() }},
    n
from overdue

union all

select
    'decisions' as subject,
    municipality_id,
    'lss_group_home_wait_days' as indicator_id,
    {{ no_text('breakdown') }},
    'T' as gender,
    period_start, period_end, period_grain, measure_time,
    days / persons as value,
    days as numerator,
    cast(persons as double) as denominator,
    persons as n
from group_home_waits
