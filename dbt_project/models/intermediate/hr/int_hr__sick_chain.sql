with
absences as (select * from {{ ref('stg_hr__absence') }}),
choices as (select * from {{ ref('stg_config__choice') }}),
relapse as (select municipality_id, cast(value as integer) as relapse_days from choices where choice = 'relapse_days'),

versions as (
    select
        absences.municipality_id, absences.employment_id, absences.spell_id, absences.start_date, absences.end_date,
        absences.month_end,
        row_number() over (
            partition by absences.municipality_id, absences.spell_id order by absences.month_start desc
        ) as version_age
    from absences
    inner join choices
        on absences.municipality_id = choices.municipality_id
        and absences.absence_type = choices.value
    where choices.choice = 'sick_types'
),

-- A spell is known up to the last month that held it, also when its end was expected later or not known.
spells as (
    select
        municipality_id, employment_id, spell_id,
        start_date as first_day,
        case when end_date < month_end then end_date else month_end end as last_day
    from versions
    where version_age = 1
),

preceded as (
    select
        spells.*,
        max(last_day) over (
            partition by municipality_id, employment_id order by first_day, spell_id
            rows between unbounded preceding and 1 preceding
        ) as last_sick_day_before
    from spells
),

marked as (
    select
        preceded.*,
        {{ days_between('preceded.last_sick_day_before', 'preceded.first_day') }} - 1 as well_days,
        case
            when preceded.last_sick_day_before is null then 1
            when {{ days_between('preceded.last_sick_day_before', 'preceded.first_day') }} > relapse.relapse_days then 1
            else 0
        end as begins_chain
    from preceded
    inner join relapse on preceded.municipality_id = relapse.municipality_id
),

chained as (
    select
        marked.*,
        sum(begins_chain) over (
            partition by municipality_id, employment_id order by first_day, spell_id
            rows between unbounded preceding and current row
        ) as chain_number
    from marked
)

select
    ---------- keys
    municipality_id, spell_id, employment_id,

    ---------- the spell as last known
    first_day, last_day,

    ---------- the chain of spells that it continues
    min(first_day) over (partition by municipality_id, employment_id, chain_number) as chain_start,

    ---------- days of the chain before the spell on which nobody was sick: a relapse goes on counting, and not over them
    sum(case when begins_chain = 1 or well_days < 0 then 0 else well_days end) over (
        partition by municipality_id, employment_id, chain_number order by first_day, spell_id
        rows between unbounded preceding and current row
    ) as well_days_before

from chained
